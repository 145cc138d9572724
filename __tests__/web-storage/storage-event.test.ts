import { inspect } from 'node:util';
import { StorageEvent, WebStorageArea } from 'shared-memory-registry/web-storage';
import { Storage } from '../../src/web-storage/storage';

const { localStorage } = new WebStorageArea().openWindow();

const NOTHING = { key: null, oldValue: null, newValue: null, url: '', storageArea: null };
const CHANGE = { key: 'theme', oldValue: 'dark', newValue: 'light', url: 'http://localhost/', storageArea: localStorage };

/** The attributes that a storage event has of its own. */
const attributesOf = ({ key, oldValue, newValue, url, storageArea }: StorageEvent) => ({
  key,
  oldValue,
  newValue,
  url,
  storageArea,
});

const noText = Symbol('no text') as never;

/** A TypeError of any realm: that of `Event` is another one than that of the test. */
const typeError = expect.objectContaining({ name: 'TypeError' });

describe('the interface', () => {
  const members = ['key', 'oldValue', 'newValue', 'url', 'storageArea', 'initStorageEvent'];

  test('has enumerable members, and is an Event', () => {
    expect(Object.keys(StorageEvent.prototype)).toEqual(members);
    expect(Object.getPrototypeOf(StorageEvent)).toBe(Event);
    expect(Object.getPrototypeOf(StorageEvent.prototype)).toBe(Event.prototype);
    expect([StorageEvent.name, StorageEvent.length]).toEqual(['StorageEvent', 1]);
  });

  test.each(members.slice(0, 5))('%s is a read-only attribute, of storage events alone', (name) => {
    const { get, ...rest } = Object.getOwnPropertyDescriptor(StorageEvent.prototype, name) ?? {};
    expect(rest).toEqual({ set: undefined, enumerable: true, configurable: true });
    expect(get?.name).toBe(`get ${name}`);
    for (const stranger of [undefined, {}, StorageEvent.prototype, new Event('storage')]) {
      expect(() => get?.call(stranger)).toThrow(TypeError);
    }
  });

  test('initStorageEvent is a function with one required argument', () => {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(StorageEvent.prototype, 'initStorageEvent') ?? {};
    expect(flags).toEqual({ writable: true, enumerable: true, configurable: true });
    expect([value.name, value.length]).toEqual(['initStorageEvent', 1]);
  });

  test('is called StorageEvent, also by Object.prototype.toString', () => {
    expect(Object.getOwnPropertyDescriptor(StorageEvent.prototype, Symbol.toStringTag)).toEqual({
      value: 'StorageEvent',
      writable: false,
      enumerable: false,
      configurable: true,
    });
    expect(String(new StorageEvent('storage'))).toBe('[object StorageEvent]');
  });
});

describe('the constructor', () => {
  test.each([[undefined], [{}], [null], [{ ...NOTHING, url: undefined, storageArea: undefined, key: undefined }]])(
    'makes an event of nothing from %p',
    (init) => {
      const event = new StorageEvent('storage', init as never);
      expect(attributesOf(event)).toEqual(NOTHING);
      expect([event.type, event.bubbles, event.cancelable, event.composed]).toEqual(['storage', false, false, false]);
      expect(event).toBeInstanceOf(Event);
    },
  );

  test('takes what the event says, and how it travels', () => {
    const event = new StorageEvent('storage', { ...CHANGE, bubbles: true, cancelable: true, composed: true });
    expect(attributesOf(event)).toEqual(CHANGE);
    expect(event.storageArea).toBe(localStorage);
    expect([event.bubbles, event.cancelable, event.composed]).toEqual([true, true, true]);
  });

  test('converts to strings what is there', () => {
    const init = { key: 5, oldValue: { toString: () => 'dark' }, newValue: [1, 2], url: null };
    const event = new StorageEvent(7 as never, init as never);
    expect(attributesOf(event)).toEqual({ ...NOTHING, key: '5', oldValue: 'dark', newValue: '1,2', url: 'null' });
    expect(event.type).toBe('7');
    expect(attributesOf(new StorageEvent('storage', { key: '', oldValue: '', newValue: '' }))).toMatchObject({
      key: '',
      oldValue: '',
      newValue: '',
    });
  });

  test('replaces lone surrogates in the address alone', () => {
    const text = 'a\ud800😀\udfff\udfff';
    const event = new StorageEvent('storage', { key: text, oldValue: text, newValue: text, url: text });
    expect(attributesOf(event)).toMatchObject({ key: text, oldValue: text, newValue: text, url: 'a\ufffd😀\ufffd\ufffd' });
  });

  test.each([
    ['a plain object', {}],
    ['text', 'theme'],
    ['the prototype', Storage.prototype],
    ['what inherits from a storage', Object.create(localStorage)],
    ['a number', 0],
    ['false', false],
    ['a symbol', noText],
  ])('refuses %s as the storageArea', (_name, storageArea) => {
    const run = () => new StorageEvent('storage', { storageArea: storageArea as never });
    expect(run).toThrow(new TypeError("'storageArea' is not of type 'Storage'"));
  });

  test('refuses symbols, an init that is no object, and no type at all', () => {
    expect(() => new StorageEvent(noText)).toThrow(typeError);
    for (const name of ['key', 'oldValue', 'newValue', 'url']) {
      expect(() => new StorageEvent('storage', { [name]: noText })).toThrow(TypeError);
    }
    expect(() => new StorageEvent('storage', 5 as never)).toThrow(typeError);
    expect(() => Reflect.construct(StorageEvent, [])).toThrow(new TypeError('StorageEvent needs 1 argument(s), got 0'));
    expect(new StorageEvent(undefined as never).type).toBe('undefined');
  });

  test('reads its init in the order of the standard', () => {
    const order: unknown[] = [];
    const init = new Proxy({}, { get: (_target, name) => void order.push(name) }); // Node also looks for a symbol of its own
    new StorageEvent('storage', init);
    expect(order.filter((name) => typeof name === 'string')).toEqual([
      'bubbles',
      'cancelable',
      'composed',
      'key',
      'newValue',
      'oldValue',
      'storageArea',
      'url',
    ]);
  });

  test('can be extended', () => {
    class Own extends StorageEvent {}
    expect(new Own('storage', { key: 'theme' }).key).toBe('theme');
  });
});

describe('initStorageEvent', () => {
  test('sets all of it', () => {
    const event = new StorageEvent('before');
    const { key, oldValue, newValue, url } = CHANGE;
    expect(event.initStorageEvent('storage', true, true, key, oldValue, newValue, url, localStorage)).toBeUndefined();
    expect(attributesOf(event)).toEqual(CHANGE);
    expect([event.type, event.bubbles, event.cancelable]).toEqual(['storage', true, true]);
  });

  test('sets to nothing what it is not given', () => {
    const event = new StorageEvent('before', { ...CHANGE, bubbles: true, cancelable: true });
    event.initStorageEvent('storage');
    expect(attributesOf(event)).toEqual(NOTHING);
    expect([event.type, event.bubbles, event.cancelable]).toEqual(['storage', false, false]);
  });

  test('converts as the constructor does', () => {
    const event = new StorageEvent('before');
    event.initStorageEvent(7 as never, 'yes' as never, 0 as never, 5 as never, null, [1] as never, '\ud800', undefined);
    expect(attributesOf(event)).toEqual({ ...NOTHING, key: '5', newValue: '1', url: '\ufffd' });
    expect([event.type, event.bubbles, event.cancelable]).toEqual(['7', true, false]);
  });

  test('converts its arguments in their order', () => {
    const order: string[] = [];
    const argument = (text: string) => ({ toString: () => `${order.push(text)}` }) as never;
    const init = ['type', 'key', 'oldValue', 'newValue', 'url'].map(argument) as [never, never, never, never, never];
    const [type, ...change] = init;
    new StorageEvent('before').initStorageEvent(type, false, false, ...change);
    expect(order).toEqual(['type', 'key', 'oldValue', 'newValue', 'url']);
  });

  test('is not for events of another kind, which stay as they are', () => {
    const plain = new Event('before');
    expect(() => StorageEvent.prototype.initStorageEvent.call(plain, 'after')).toThrow(new TypeError('Illegal invocation'));
    expect(plain.type).toBe('before');
  });

  test('changes nothing where an argument is refused', () => {
    const event = new StorageEvent('before', CHANGE);
    const init = (...args: unknown[]) => Reflect.apply(event.initStorageEvent, event, args);
    expect(() => init()).toThrow(new TypeError('StorageEvent.initStorageEvent needs 1 argument(s), got 0'));
    expect(() => init('after', true, true, 'other', null, null, '', {})).toThrow(TypeError);
    expect(() => init('after', true, true, noText)).toThrow(TypeError);
    expect(() => init(noText, true, true, 'other')).toThrow(TypeError);
    expect(attributesOf(event)).toEqual(CHANGE);
    expect([event.type, event.bubbles, event.cancelable]).toEqual(['before', false, false]);
  });

  test('does nothing while the event is being dispatched', () => {
    const target = new EventTarget();
    const event = new StorageEvent('storage', CHANGE);
    const seen: unknown[] = [];
    target.addEventListener('storage', () => {
      event.initStorageEvent('other', true, true, 'other');
      expect(() => event.initStorageEvent(noText)).toThrow(TypeError);
      seen.push(event.type, event.bubbles, attributesOf(event));
    });
    target.dispatchEvent(event);
    expect(seen).toEqual(['storage', false, CHANGE]);
    event.initStorageEvent('after');
    expect([event.type, event.key]).toEqual(['after', null]);
  });
});

test('console.log shows what an event says', () => {
  const { key, oldValue, newValue, url } = CHANGE;
  const said = { type: 'storage', key, oldValue, newValue, url };
  expect(inspect(new StorageEvent('storage', CHANGE))).toBe(`StorageEvent ${inspect(said)}`);
  expect(() => inspect(StorageEvent.prototype)).not.toThrow();
});
