/** UTF-8 bytes of a text. A lone surrogate takes the three bytes of the replacement character. */
export function utf8Size(text: string): number {
  if (encoder === undefined) return countByUnits(text);
  let size = 0;
  for (let rest = text; rest !== ''; ) {
    // It stops before a character that does not fit, so no pair of surrogates is taken apart.
    const { read, written } = encoder.encodeInto(rest, SCRATCH);
    size += written;
    rest = rest.slice(read);
  }
  return size;
}

/** What is written here is never read: the encoder counts on the way, and is far faster than any loop. */
const SCRATCH = new Uint8Array(16 * 1024);

const encoder = findEncoder();

/** Jest's jsdom environment has none, or one of another realm, which refuses this realm's arrays. */
function findEncoder(): InstanceType<typeof TextEncoder> | undefined {
  try {
    const found = new TextEncoder();
    return found.encodeInto('ä', SCRATCH).written === 2 ? found : undefined;
  } catch {
    return undefined;
  }
}

function countByUnits(text: string): number {
  let size = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) size += 1;
    if (unit >= 0x800) size += 1;
    const pairs = unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
    if (pairs) index += 1; // four bytes for two units
  }
  return size;
}
