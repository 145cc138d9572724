// @ts-check
import { registries } from '../library.mjs';
import { baseline } from './baseline.mjs';
import { bareMap, clonedInMap, jsonInMap, structuredCloneInMap } from './copies.mjs';
import { peers } from './peers.mjs';

/** @type {readonly import('./contestant.mjs').Contestant[]} */
export const contestants = [...registries, baseline, bareMap, clonedInMap, jsonInMap, structuredCloneInMap, ...peers];
