import type { Execution } from './execution';
import type { HappensBefore } from './happens-before';
import { hashText, mixHashes } from './hash';

/** What two runs have in common that differ only in the order of independent steps. */
export interface Fingerprint {
  /** A number for the steps, and which of them came before which. */
  readonly steps: number;
  /** For each client, by its number, its operations and their results; for each key, what was stored. */
  readonly results: readonly number[];
}

/** Makes numbers of runs, to compare many of them without keeping them. */
export class Fingerprints {
  /** The clients and keys, as a message names them. */
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  of({ executed, entries, answers, written }: Execution, order: HappensBefore): Fingerprint {
    let steps = 0;
    // A sum: the same for the same steps in another order.
    for (let place = 0; place < executed.length; place += 1) {
      const hash = order.hashOf(place);
      steps = (steps + hash * (hash % 1021)) % LARGE;
    }
    const results: number[] = [];
    const add = (kind: 'client' | 'key', name: string, text: string) => {
      const number = this.#numberOf(kind, name);
      results[number] = mixHashes(results[number] ?? 0, hashText(text));
    };
    for (const { client, type, key, revision, outcome, error } of entries) {
      const code = (error as { readonly code?: unknown } | undefined)?.code;
      add('client', client, `${type} ${key} ${revision} ${outcome} ${code}`);
    }
    for (const { client, text } of answers) add('client', client, text.replace(TIME, ''));
    for (const [key, values] of written) for (const data of values) add('key', key, textOf(data));
    return { steps, results };
  }

  #numberOf(kind: 'client' | 'key', name: string): number {
    const id = kind + name;
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    this.names.push(`${kind} ${JSON.stringify(name)}`);
    this.#numbers.set(id, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** JSON text, without the time of day, which is another one in every run. */
function textOf(data: unknown): string {
  try {
    return String(JSON.stringify(data)).replace(TIME, '');
  } catch {
    return '';
  }
}

const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z|\b1\d{12}\b/g;

/** Numbers below this are added and multiplied without loss. */
const LARGE = 2 ** 52;
