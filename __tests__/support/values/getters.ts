import fc from 'fast-check';
import { anyBuiltIn } from './built-ins';
import { anyPrimitive, define } from './primitives';

/**
 * Values whose getters count how often they are read, or change, while the value is being copied, what is still to be
 * copied. Each run of a copier spends one: make twins with `fc.clone`.
 */

/** What reading does to another member, and what it gives. */
const EFFECTS: Readonly<Record<string, (host: object, key: string, reads: number) => unknown>> = {
  counts: (_host, _key, reads) => reads,
  'gives a new object': (_host, _key, reads) => ({ reads }),
  deletes: (host, key, reads) => [Reflect.deleteProperty(host, key), reads],
  'adds or replaces': (host, key, reads) => {
    define(host, key, { value: { reads } });
    return reads;
  },
  hides: (host, key, reads) => {
    define(host, key, { value: reads, enumerable: false });
    return reads;
  },
  'fills collections': (host, key, reads) => {
    if (host instanceof Map) host.set(key, reads);
    if (host instanceof Set) host.add(key);
    return reads;
  },
  'empties collections': (host, _key, reads) => {
    if (host instanceof Map || host instanceof Set) host.clear();
    return reads;
  },
};

const anyPlace = fc.constantFrom('0', '1', '2', '3', '5');

const HOSTS: Readonly<Record<string, () => object>> = {
  object: () => ({}),
  instance: () => Object.create({ inherited: 1 }),
  'tagged instance': () => Object.create({ [Symbol.toStringTag]: 'Tagged' }),
  'null-prototype object': () => Object.create(null),
  Map: () => new Map(),
  Set: () => new Set(),
};

const anyHost = fc.record({
  type: fc.constantFrom(...Object.keys(HOSTS)),
  /** Which of the hosts before it has it for a member. */
  owner: fc.nat(),
  place: anyPlace,
  members: fc.array(fc.tuple(anyPlace, fc.oneof(anyPrimitive, anyBuiltIn)), { maxLength: 4 }),
});

const anyGetter = fc.record({
  host: fc.nat(),
  place: anyPlace,
  effect: fc.constantFrom(...Object.keys(EFFECTS)),
  /** Which host it does something to, and where. */
  victim: fc.nat(),
  at: anyPlace,
});

/** A tree of objects, Maps and Sets with getters (no arrays: the codec reads all entries before it copies what is in one); an object that a getter gives is in one place only. */
export const anyRestless = fc
  .record({
    hosts: fc.array(anyHost, { minLength: 1, maxLength: 4 }),
    getters: fc.array(anyGetter, { minLength: 1, maxLength: 4 }),
    cyclic: fc.boolean(),
  })
  .map(({ hosts, getters, cyclic }) => {
    const all: object[] = [];
    for (const { type, owner, place, members } of hosts) {
      const host = HOSTS[type]?.() ?? {};
      if (all.length > 0) put(all[owner % all.length] as object, place, host);
      for (const [key, value] of members) put(host, key, value);
      all.push(host);
    }
    const [root] = all as [object];
    if (cyclic) put(all.at(-1) as object, '4', root);
    for (const { host, place, effect, victim, at } of getters) {
      const read = EFFECTS[effect] as (host: object, key: string, reads: number) => unknown;
      const target = all[victim % all.length] as object;
      let reads = 0;
      const getter = {
        get: () => {
          reads += 1;
          return read(target, at, reads);
        },
      };
      attach(all[host % all.length] as object, place, getter);
    }
    return root;
  });

function put(host: object, key: string, value: unknown): void {
  if (host instanceof Map) host.set(key, value);
  else if (host instanceof Set) host.add(value);
  else define(host, key, { value });
}

/** A getter of an object, or of one in a Map or Set. */
function attach(host: object, key: string, getter: PropertyDescriptor): void {
  const collection = host instanceof Map || host instanceof Set;
  const owner = collection ? {} : host;
  define(owner, key, getter);
  if (collection) put(host, key, owner);
}
