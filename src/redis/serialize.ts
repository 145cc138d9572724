import { Deserializer, Serializer } from 'node:v8';

/** A value as bytes, by the structured clone algorithm (https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal). */
export function serialize(value: unknown): Buffer {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

export function deserialize(bytes: Uint8Array): unknown {
  // Of a copy: views of it need an aligned start.
  const deserializer = new Deserializer(Buffer.from(bytes));
  deserializer.readHeader();
  return deserializer.readValue();
}
