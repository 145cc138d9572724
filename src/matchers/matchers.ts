import { chain } from '../backend/awaitable';
import type { Awaitable, PersistedSnapshot, StorageRegistry } from '../contracts';
import { fail, quote, withContext } from '../errors';
import { checkHistory } from '../simulation/check-history';
import type { Journal } from '../simulation/journal';
import type { JournalEntry } from '../simulation/journal-entry';
import { formatTimeline } from '../simulation/timeline';

type Registry = Pick<StorageRegistry<unknown>, 'peek' | 'keys'>;

/** What Jest and Vitest give a matcher as `this`. */
interface MatcherContext {
  readonly isNot: boolean;
  equals(one: unknown, other: unknown): boolean;
  readonly utils: {
    printExpected(value: unknown): string;
    printReceived(value: unknown): string;
    diff(expected: unknown, received: unknown): string | null | undefined;
  };
}

interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/** For `expect.extend(matchers)`. */
export const matchers = {
  toHaveStored(this: MatcherContext, received: unknown, key: string, ...expected: [data?: unknown]): Awaitable<MatcherResult> {
    return lookUp('toHaveStored', received, key, (entry, stored) => {
      const { utils } = this;
      if (entry === null) return { pass: false, message: () => `expected ${quote(key)} to be stored\n\n${stored}` };
      const { data } = entry.snapshot;
      if (expected.length === 0) {
        return {
          pass: true,
          message: () => `expected ${quote(key)} not to be stored, and it holds ${utils.printReceived(data)}`,
        };
      }
      const [wanted] = expected;
      const pass = this.equals(data, wanted);
      const difference = () =>
        utils.diff(wanted, data) ?? `Expected: ${utils.printExpected(wanted)}\nReceived: ${utils.printReceived(data)}`;
      const message = pass
        ? () => `expected ${quote(key)} not to hold ${utils.printExpected(wanted)}`
        : () => `expected ${quote(key)} to hold other data\n\n${difference()}`;
      return { pass, message };
    });
  },

  toHaveRevision(this: MatcherContext, received: unknown, key: string, revision: string): Awaitable<MatcherResult> {
    return lookUp('toHaveRevision', received, key, (entry, stored) => {
      const actual = entry?.snapshot.revision;
      const found = actual === undefined ? `it is not stored\n\n${stored}` : `it has ${quote(actual)}`;
      const message = () =>
        `expected ${quote(key)} ${this.isNot ? 'not ' : ''}to have revision ${quote(String(revision))}, and ${found}`;
      return { pass: actual === revision, message };
    });
  },

  toBeLinearizable(this: MatcherContext, received: Journal | readonly JournalEntry[]): MatcherResult {
    const { linearizable, key, entries = [] } = withContext('toBeLinearizable', () => checkHistory(received));
    const message = () =>
      linearizable
        ? 'expected no order of effects to explain every answer, and there is one'
        : `expected an order of effects that explains every answer, and there is none for ${quote(String(key))}:\n\n${formatTimeline(entries, [], () => undefined)}`;
    return { pass: linearizable, message };
  },
};

/** Of a registry on a server, the result comes later. */
function lookUp(
  matcher: string,
  received: unknown,
  key: string,
  judge: (entry: PersistedSnapshot<unknown> | null, stored: string) => MatcherResult,
): Awaitable<MatcherResult> {
  const registry = withContext(matcher, () => toRegistry(received));
  return chain(registry.peek(key), (entry) => {
    if (entry !== null) return judge(entry, '');
    return chain(registry.keys(), (keys) => {
      const list = keys.map((name) => quote(name)).join(', ');
      return judge(null, keys.length === 0 ? 'Nothing is stored.' : `Stored keys: ${list}`);
    });
  });
}

function toRegistry(received: unknown): Registry {
  const { registry = received } = Object(received) as { readonly registry?: unknown };
  if (isRegistry(registry)) return registry;
  return fail('ERR_INVALID_OPTION', 'expect() to be given a registry or a storage area', received);
}

function isRegistry(value: unknown): value is Registry {
  const { peek, keys } = Object(value) as Partial<Registry>;
  return typeof peek === 'function' && typeof keys === 'function';
}
