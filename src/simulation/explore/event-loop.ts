import { nextTask } from '../../real-time/next-task';
import type { PlatformWork } from './platform-work';

interface Timers {
  setImmediate(callback: () => void): unknown;
}

interface NodeProcess {
  /** By type, what keeps the loop going: files, sockets, timers, immediates. */
  getActiveResourcesInfo?(): readonly string[];
  getBuiltinModule?(name: 'node:timers'): Timers;
  getBuiltinModule?(name: 'node:process'): NodeProcess;
}

const { process } = globalThis as { readonly process?: NodeProcess };

const setImmediate = process?.getBuiltinModule?.('node:timers').setImmediate;

const getActiveResources = process?.getBuiltinModule?.('node:process').getActiveResourcesInfo;

/** So many steps share a turn of the loop. */
const STEPS_IN_TURN = 32;

/** Of the immediates that were set for them, those that are yet to come. */
let immediatesLeft = 0;

const waiting: (() => void)[] = [];

function onImmediate(): void {
  immediatesLeft -= 1;
  for (const resolve of waiting.splice(0)) resolve();
}

/**
 * Resolves when every promise job and every `process.nextTick` is done that is due, and all that come of them, within a turn of
 * the loop: Node does these after each immediate (https://github.com/nodejs/node/pull/22842).
 */
function nextImmediate(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (immediatesLeft > 0) return;
    for (; immediatesLeft < STEPS_IN_TURN; immediatesLeft += 1) setImmediate?.(onImmediate);
  });
}

/** What is in the loop. */
interface Content {
  /** Except for those that are set here. */
  readonly immediates: number;
  readonly others: number;
  readonly hasPort: boolean;
}

/** The most turns that are taken after a step while the scenario sets one immediate after another. */
const MOST_TURNS = 50;

/** A message takes a turn, and its answer another one. It does not show that one is under way. */
const TURNS_FOR_MESSAGES = 3;

/**
 * Lets the event loop turn. In Node, steps share a turn as long as the scenario has nothing in the loop: a turn takes longer than a
 * step. Elsewhere each step has a turn of its own.
 */
export class EventLoop {
  readonly #platformWork: PlatformWork;
  /** What was there when the run began, such as the timers of a test runner. */
  #others = 0;

  constructor(platformWork: PlatformWork) {
    this.#platformWork = platformWork;
  }

  beginRun(): void {
    if (getActiveResources !== undefined) this.#others = contentOf(getActiveResources()).others;
  }

  /** Resolves when nothing is left that the latest step has begun, except for what takes real time. */
  async settled(): Promise<void> {
    const hasOwnTurn = getActiveResources === undefined || this.#platformWork.needsTurns;
    await (hasOwnTurn ? nextTask() : nextImmediate());
    if (getActiveResources === undefined) return;
    for (let turns = Number(hasOwnTurn); turns < MOST_TURNS; turns += 1) {
      const content = contentOf(getActiveResources());
      if (content.immediates === 0 && turns >= this.#turnsFor(content)) return;
      await nextTask();
    }
  }

  #turnsFor({ others, hasPort }: Content): number {
    if (hasPort || this.#platformWork.hasMessages) return TURNS_FOR_MESSAGES;
    return Number(others !== this.#others);
  }
}

function contentOf(active: readonly string[]): Content {
  let immediates = 0;
  let hasPort = false;
  for (const type of active) {
    if (type === 'Immediate') immediates += 1;
    else if (type === 'MessagePort') hasPort = true;
  }
  return { immediates: immediates - immediatesLeft, others: active.length - immediates, hasPort };
}
