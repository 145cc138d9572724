/** The classes of one global object: those of this module's own, or of a JSDOM window beside it. */
export interface Realm {
  readonly Event: typeof Event;
  readonly DOMException: typeof DOMException;
  readonly TypeError: typeof TypeError;
  /** A DOMException with quota and requested bytes, where the platform has it (https://webidl.spec.whatwg.org/#quotaexceedederror). */
  readonly QuotaExceededError?: NewerQuotaExceededError | undefined;
  /** `pagehide` is one, where there are documents. */
  readonly PageTransitionEvent?: typeof Event | undefined;
}

type NewerQuotaExceededError = new (message: string, options: { quota: number; requested: number }) => DOMException;

/** The global objects that were seen, by the `Event` of each. */
const realms = new WeakMap<object, Realm>();

/** The realm of this module's own global object. Classes of errors are looked up when they are needed: tests replace them. */
export const ownRealm: Realm = {
  Event,
  get DOMException() {
    return DOMException;
  },
  TypeError,
  get QuotaExceededError() {
    return (globalThis as Partial<Realm>).QuotaExceededError;
  },
  PageTransitionEvent: (globalThis as Partial<Realm>).PageTransitionEvent,
};

/** The realm of a global object; this module's own one where the object has no other `Event`. */
export function realmOf(global: object): Realm {
  const {
    Event: Base,
    DOMException: Exception,
    TypeError: WrongType,
    QuotaExceededError,
    PageTransitionEvent,
  } = global as Partial<Realm>;
  if (typeof Base !== 'function' || Base === ownRealm.Event) return ownRealm;
  const known = realms.get(Base);
  if (known !== undefined) return known;
  const realm: Realm = {
    ...{ QuotaExceededError, PageTransitionEvent },
    Event: Base,
    DOMException: Exception ?? ownRealm.DOMException,
    TypeError: WrongType ?? ownRealm.TypeError,
  };
  realms.set(Base, realm);
  return realm;
}
