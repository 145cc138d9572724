/** A number for a text (FNV-1a, https://www.rfc-editor.org/rfc/rfc9923). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** One number for two, in this order. */
export function mixHashes(one: number, other: number): number {
  return (Math.imul(one ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(other ^ (one >>> 7), 0xc2b2ae35)) >>> 0;
}
