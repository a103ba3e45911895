import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyboard } from '../../src/app/keys.ts';
import { createPreference } from '../../src/app/preference.ts';

// The module asks whether a target is an element that takes text; here no target is one.
Object.assign(globalThis, { HTMLElement: class {} });

/** A keyboard over a bare event target, what was called, and a way to type. */
function setUp(kept?: string) {
  const target = new EventTarget();
  let other: (choice: string | undefined) => void = () => {};
  const memory = { read: () => kept, write: (choice: string | undefined) => void (kept = choice), onChange: (f: typeof other) => void (other = f) };
  const keyboard = createKeyboard(memory, target as unknown as Document);
  const called: string[] = [];
  let time = 0;
  const type = (key: string, more: object = {}, after = 100): void => {
    const event = Object.assign(new Event('keydown', { cancelable: true }), { key, ...more });
    Object.defineProperty(event, 'timeStamp', { value: (time += after) });
    target.dispatchEvent(event);
  };
  const names = ['z', '?', 'g e', 'e', 'Escape'];
  const stop = keyboard.listen(Object.fromEntries(names.map((name) => [name, () => void called.push(name)])));
  return { keyboard, called, type, stop, kept: () => kept, elsewhere: (choice: string | undefined) => other(choice) };
}

test('a letter does its work, with a modifier it does not', () => {
  const { called, type, stop } = setUp();
  type('z');
  type('z', { ctrlKey: true });
  type('z', { metaKey: true });
  type('toString');
  stop();
  type('z');
  assert.deepEqual(called, ['z']);
});

test('two letters in a second are a sequence', () => {
  const { called, type } = setUp();
  type('g');
  type('e');
  type('g');
  type('e', {}, 2000);
  assert.deepEqual(called, ['g e', 'e']);
});

test('letters can be turned off for good, other keys stay', () => {
  const { keyboard, called, type, kept } = setUp();
  keyboard.enable(false);
  type('z');
  type('Escape');
  assert.deepEqual([called, kept()], [['Escape'], 'off']);
  assert.equal(setUp('off').keyboard.enabled.value, false);
  keyboard.enable(true);
  type('z');
  assert.deepEqual([called, kept()], [['Escape', 'z'], undefined]);
});

test('a browser that keeps nothing does no harm', () => {
  const refused = createPreference('x', { get localStorage() { throw new Error('denied'); } } as unknown as Window);
  refused.write('dark');
  assert.equal(refused.read(), undefined);
});

test('what another tab chose holds here', () => {
  const { keyboard, elsewhere } = setUp();
  elsewhere('off');
  assert.equal(keyboard.enabled.value, false);
  elsewhere(undefined);
  assert.equal(keyboard.enabled.value, true);
});

test('a choice of another tab is heard, if it is this one', () => {
  const win = new EventTarget();
  const heard: unknown[] = [];
  createPreference('theme', win as unknown as Window).onChange((choice) => heard.push(choice));
  const write = (key: string | null, newValue: string | null): void => void win.dispatchEvent(Object.assign(new Event('storage'), { key, newValue }));
  write('telamon.theme', 'dark');
  write('telamon.letters', 'off');
  write('telamon.theme', null);
  write(null, null);
  assert.deepEqual(heard, ['dark', undefined, undefined]);
});
