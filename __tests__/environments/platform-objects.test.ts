import { frozen, type PersistedSnapshot, SharedMemoryRegistry, strict, structured } from 'shared-memory-registry';
import { rejection } from '../support/refusals';

/** Of a browser, or of an environment that imitates one. */
const page = globalThis as unknown as {
  readonly window?: object;
  readonly document?: { createElement(name: string): object };
  readonly FileReader: new () => { result: unknown; onload: () => void; readAsText(blob: Blob): void };
};

async function roundTrip<T>(data: T, codec = structured): Promise<T> {
  const backend = new SharedMemoryRegistry<T>({ codec }).getBackend('key');
  await backend.save({ revision: '1', data });
  return (await backend.load())?.data as T;
}

/** Text of a Blob, also where it has no method for that, as in jsdom. */
function textOf(blob: Blob): Promise<string> {
  if (typeof blob.text === 'function') return blob.text();
  return new Promise((resolve) => {
    const reader = new page.FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });
}

const hasClone = typeof structuredClone === 'function';

describe('a Blob', () => {
  it('keeps bytes and type, and is another object', async () => {
    const blob = new Blob(['naïve ', new Uint8Array([0x21])], { type: 'text/plain' });
    const copy = await roundTrip({ blob });
    expect(copy.blob).toBeInstanceOf(Blob);
    expect(copy.blob).not.toBe(blob);
    expect([copy.blob.type, copy.blob.size, await textOf(copy.blob)]).toEqual(['text/plain', 8, 'naïve !']);
  });

  it('is one object where it is met twice, and is copied once more by each load', async () => {
    const blob = new Blob(['a']);
    const backend = new SharedMemoryRegistry<Blob[]>().getBackend('key');
    await backend.save({ revision: '1', data: [blob, blob] });
    const [first, second] = [await backend.load(), await backend.load()];
    expect(first?.data[0]).toBe(first?.data[1]);
    expect(first?.data[0]).not.toBe(second?.data[0]);
  });

  it('counts with its size', async () => {
    const backend = new SharedMemoryRegistry<unknown>().getBackend('key');
    await backend.save({ revision: '1', data: { blob: new Blob(['x'.repeat(100)]) } });
    const { metadata } = (await backend.loadWithMetadata()) as PersistedSnapshot<unknown>;
    expect(metadata.sizeBytes).toBe('{"revision":"1","data":{"blob":}}'.length + 100);
  });

  it('that is none is refused', async () => {
    const error = await rejection(roundTrip({ blob: Object.create(Blob.prototype) }));
    expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE', received: expect.stringMatching(/data\.blob$/) });
  });
});

describe('a File', () => {
  it('keeps bytes, type, name and time', async () => {
    const file = new File(['content'], 'naïve.txt', { type: 'text/plain', lastModified: 5 });
    const { copy } = await roundTrip({ copy: file });
    expect(copy).toBeInstanceOf(File);
    expect(copy).not.toBe(file);
    expect([copy.name, copy.lastModified, copy.type, await textOf(copy)]).toEqual(['naïve.txt', 5, 'text/plain', 'content']);
  });

  it('of a class of your own comes back as a File', async () => {
    class Upload extends File {
      readonly progress = 5;
    }
    const copy = await roundTrip<File>(new Upload(['a'], 'a.txt'));
    expect([copy instanceof Upload, copy instanceof File, copy.name, 'progress' in copy]).toEqual([false, true, 'a.txt', false]);
  });
});

describe('a DOMException', () => {
  it('keeps name, message, code and stack', async () => {
    const error = new DOMException('no longer needed', 'AbortError');
    const copy = await roundTrip({ error, list: [error] });
    expect(copy.error).toBeInstanceOf(DOMException);
    expect(copy.error).not.toBe(error);
    const facts = ({ name, message, code, stack }: DOMException) => ({ name, message, code, stack });
    expect(facts(copy.error)).toEqual(facts(error));
    expect(copy.list[0]).toBe(copy.error);
  });
});

describe('what is no data', () => {
  class Store extends EventTarget {
    readonly items = [1];
  }
  const OBJECTS: [string, (() => unknown) | false][] = [
    ['an Event', () => new Event('save')],
    ['an EventTarget', () => new EventTarget()],
    ['an instance of a class that extends EventTarget', () => new Store()],
    ['an AbortSignal', () => new AbortController().signal],
    ['an AbortController', () => new AbortController()],
    ['a URL', () => new URL('https://app.test')],
    ['a URLSearchParams', () => new URLSearchParams('a=1')],
    ['a Headers', () => new Headers()],
    ['a FormData', () => new FormData()],
    ['a Promise', () => Promise.resolve()],
    ['an object that looks like a Promise', () => Object.create(Promise.prototype)],
    ['a WeakMap', () => new WeakMap()],
    ['a WeakRef', () => new WeakRef({})],
    ['a Request', typeof Request === 'function' && (() => new Request('https://app.test'))],
    ['a Response', typeof Response === 'function' && (() => new Response('text'))],
    ['a TextEncoder', typeof TextEncoder === 'function' && (() => new TextEncoder())],
    ['a BroadcastChannel', typeof BroadcastChannel === 'function' && (() => channel())],
    ['an element', page.document !== undefined && (() => page.document?.createElement('p'))],
    ['the window', page.window !== undefined && (() => page.window)],
  ];

  function channel(): unknown {
    const made = new BroadcastChannel('test');
    made.close();
    return made;
  }

  it.each(OBJECTS.filter(([, make]) => make))('%s is refused', async (_name, make) => {
    if (!make) return;
    for (const codec of hasClone ? [structured, strict] : [structured]) {
      const error = await rejection(roundTrip({ deep: [make()] }, codec));
      expect(error).toMatchObject({ code: 'ERR_UNCLONEABLE', received: expect.stringContaining('data.deep[0]') });
    }
  });

  it('of a class of the application is its members, also under the name of a global', async () => {
    class Event {
      readonly name = 'launch';
    }
    Object.assign(globalThis, { Basket: class Basket {} });
    const { Basket } = globalThis as unknown as { Basket: new () => object };
    expect(await roundTrip([new Event(), Object.assign(new Basket(), { a: 1 })])).toStrictEqual([{ name: 'launch' }, { a: 1 }]);
    Reflect.deleteProperty(globalThis, 'Basket');
  });

  it('is refused by frozen, as it can change: a Blob', async () => {
    await expect(roundTrip<unknown>(new Blob(['a']), frozen as never)).rejects.toMatchObject({ code: 'ERR_UNCLONEABLE' });
  });
});
