/** Data that can't be copied: the message says what it is. `Copier` knows where it is. */
export class CloneError extends Error {}
