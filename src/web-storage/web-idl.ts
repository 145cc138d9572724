/** What Web IDL wants of an interface that a class in JavaScript has not by itself. */

/** The members of an interface are enumerable (Web IDL, "Interface prototype object"), and it has a name. */
export function exposeInterface(name: string, prototype: object, members: readonly string[]): void {
  for (const member of members) Object.defineProperty(prototype, member, { enumerable: true });
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/** @param method such as `Storage.setItem` @param WrongType the TypeError of the realm */
export function requireArguments(method: string, { length }: ArrayLike<unknown>, required: number, WrongType = TypeError): void {
  if (length >= required) return;
  throw new WrongType(`${method} needs ${required} argument(s), got ${length}`);
}

/** Node prints no accessors, and nothing of what a Proxy shows. */
export function showInConsole<T extends object>(name: string, prototype: T, read: (shown: T) => object): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: T, _depth: number, options: object, print: (value: unknown, options: object) => string): string {
      try {
        return `${name} ${print(read(this), options)}`;
      } catch (error) {
        return `${name} { ${(error as Error).message} }`;
      }
    },
  });
}
