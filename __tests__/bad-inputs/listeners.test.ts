import { SharedMemoryRegistry, type StorageChange } from 'shared-memory-registry';
import { thrown } from '../support/refusals';

function scene(onListenerError?: (error: unknown, change: StorageChange) => void) {
  const registry = new SharedMemoryRegistry<number>({ onListenerError });
  const writer = registry.getBackend('key', { client: 'writer' });
  const reader = registry.getBackend('key', { client: 'reader' });
  const heard: string[] = [];
  const hear = (name: string) => (change: StorageChange) => {
    heard.push(`${name}: ${change.type} ${change.revision}`);
  };
  const save = (revision: string) => writer.save({ revision, data: 1 });
  return { registry, writer, reader, heard, hear, save };
}

it.each([undefined, null, {}, 'listener', 5])('%p is refused as a listener', (listener) => {
  const { registry, reader } = scene();

  for (const subject of [registry, reader]) {
    expect(thrown(() => subject.subscribe(listener as never))).toMatchObject({
      code: 'ERR_INVALID_CALLBACK',
      operation: 'subscribe',
      expected: 'a listener that is a function',
    });
  }
});

it('one that throws fails nobody, and its error is handed on with the change', async () => {
  const errors: unknown[] = [];
  const { reader, heard, hear, save } = scene((error, change) => errors.push([error, change.revision]));
  const broken = new Error('no');
  reader.subscribe(hear('before'));
  reader.subscribe(() => {
    throw broken;
  });
  reader.subscribe(hear('after'));

  await save('1');
  await save('2');

  expect(heard).toEqual(['before: save 1', 'after: save 1', 'before: save 2', 'after: save 2']);
  expect(errors).toEqual([
    [broken, '1'],
    [broken, '2'],
  ]);
});

it('one that saves is heard after everyone has heard of the change before', async () => {
  const { registry, reader, heard, hear, save } = scene();
  const answers: Promise<void>[] = [];
  reader.subscribe((change) => {
    if (change.revision === '1') answers.push(reader.save({ revision: '2', data: 2 }));
  });
  registry.subscribe(hear('registry'));

  await save('1');
  await Promise.all(answers);

  expect(heard).toEqual(['registry: save 1', 'registry: save 2']);
  expect(registry.peek('key')?.snapshot).toEqual({ revision: '2', data: 2 });
});

it('one that clears everything is heard in order', async () => {
  const { registry, heard, hear, save } = scene();
  registry.subscribe((change) => {
    if (change.type === 'save') registry.clearAll();
  });
  registry.subscribe(hear('second'));

  await save('1');

  expect(heard).toEqual(['second: save 1', 'second: clear null']);
  expect(registry.size).toBe(0);
});

it('one that unsubscribes itself hears no more, and nobody is skipped', async () => {
  const { reader, heard, hear, save } = scene();
  const stop = reader.subscribe((change) => {
    stop();
    hear('once')(change);
  });
  reader.subscribe(hear('second'));
  reader.subscribe(hear('third'));

  await save('1');
  await save('2');

  expect(heard).toEqual(['once: save 1', 'second: save 1', 'third: save 1', 'second: save 2', 'third: save 2']);
});

it('one that unsubscribes another silences it at once', async () => {
  const { reader, heard, hear, save } = scene();
  reader.subscribe(() => stop());
  const stop = reader.subscribe(hear('silenced'));
  reader.subscribe(hear('third'));

  await save('1');

  expect(heard).toEqual(['third: save 1']);
});

it('one that unsubscribes one before it skips nobody', async () => {
  const { reader, heard, hear, save } = scene();
  const stop = reader.subscribe(hear('first'));
  reader.subscribe(() => stop());
  reader.subscribe(hear('third'));

  await save('1');
  await save('2');

  expect(heard).toEqual(['first: save 1', 'third: save 1', 'third: save 2']);
});

it('one that subscribes another lets it hear from the next change on', async () => {
  const { reader, heard, hear, save } = scene();
  const stop = reader.subscribe(() => {
    reader.subscribe(hear('new'));
    stop();
  });

  await save('1');
  await save('2');

  expect(heard).toEqual(['new: save 2']);
});

it('the same function twice is two subscriptions, ended one at a time', async () => {
  const { reader, heard, hear, save } = scene();
  const listener = hear('same');
  const stop = reader.subscribe(listener);
  reader.subscribe(listener);

  await save('1');
  stop();
  stop();
  await save('2');

  expect(heard).toEqual(['same: save 1', 'same: save 1', 'same: save 2']);
});

it('10,000 are called once each, in the order in which they subscribed', async () => {
  const { reader, save } = scene();
  const heard: number[] = [];
  const stops = Array.from({ length: 10_000 }, (_, index) => reader.subscribe(() => heard.push(index)));

  await save('1');
  for (const stop of stops) stop();
  await save('2');

  expect(heard).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
});

it('one that disposes of the registry is the last to be called', async () => {
  const { registry, reader, heard, hear, save } = scene();
  reader.subscribe(hear('first'));
  reader.subscribe(() => registry.dispose());
  reader.subscribe(hear('third'));

  await save('1');

  expect(heard).toEqual(['first: save 1']);
});

it('one that changes the change changes it for nobody', async () => {
  const { reader, heard, hear, save } = scene(() => {});
  reader.subscribe((change) => {
    (change as { revision: unknown }).revision = '99';
  });
  reader.subscribe(hear('second'));

  await save('1');

  expect(heard).toEqual(['second: save 1']);
});

it('one of the saving handle itself hears nothing', async () => {
  const { writer, heard, hear, save } = scene();
  writer.subscribe(hear('own'));

  await save('1');

  expect(heard).toEqual([]);
});

it('none is called for what was refused', async () => {
  const { writer, reader, heard, hear } = scene();
  reader.subscribe(hear('reader'));

  await writer.save({ revision: '01', data: 1 }).catch(() => {});
  await writer.save({ revision: '1', data: 1 }, { ifMatch: '5' }).catch(() => {});
  await writer.clear();

  expect(heard).toEqual([]);
});

it('an onListenerError that throws stops nobody, and its error is reported as uncaught', async () => {
  const reported: unknown[] = [];
  const original = Object.getOwnPropertyDescriptor(globalThis, 'reportError');
  Object.defineProperty(globalThis, 'reportError', { configurable: true, value: (error: unknown) => reported.push(error) });
  const { reader, heard, hear, save } = scene(() => {
    throw new Error('from onListenerError');
  });
  reader.subscribe(() => {
    throw new Error('from the listener');
  });
  reader.subscribe(hear('second'));

  await save('1');
  if (original) Object.defineProperty(globalThis, 'reportError', original);
  else Reflect.deleteProperty(globalThis, 'reportError');

  expect(heard).toEqual(['second: save 1']);
  expect(reported).toMatchObject([{ message: 'from onListenerError' }]);
});
