// Single-letter shortcuts. They are off wherever letters are typed, and can be turned off altogether (WCAG 2.1.4).

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Preference } from './preference.ts';

/** What a key does; "g e" is g and then e. */
export type Shortcuts = Readonly<Record<string, () => void>>;

export interface Keyboard {
  readonly enabled: ReadonlySignal<boolean>;
  enable(on: boolean): void;
  /** Calls the shortcuts named by what is typed, until the returned function is called. */
  listen(shortcuts: Shortcuts): () => void;
}

/** A second letter later than this is a letter of its own. */
const sequenceMillis = 1000;

export function createKeyboard(preference: Preference, target: Document = document): Keyboard {
  const enabled = signal(preference.read() !== 'off');
  preference.onChange((choice) => (enabled.value = choice !== 'off'));
  let first = { key: '', at: -Infinity };
  // Registered before all others, so that they find the letter before the one they are called with.
  let previous = '';
  target.addEventListener('keydown', (e) => {
    previous = e.timeStamp - first.at < sequenceMillis ? first.key : '';
    first = { key: e.key, at: e.timeStamp };
  });
  return {
    enabled,
    enable(on) {
      enabled.value = on;
      preference.write(on ? undefined : 'off');
    },
    listen(shortcuts) {
      const listen = (e: KeyboardEvent): void => {
        if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || isTyping(e.target)) return;
        if (!enabled.value && e.key.length === 1) return;
        const name = [`${previous} ${e.key}`, e.key].find((n) => Object.hasOwn(shortcuts, n));
        if (name === undefined) return;
        e.preventDefault();
        shortcuts[name]!();
      };
      target.addEventListener('keydown', listen);
      return () => target.removeEventListener('keydown', listen);
    },
  };
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT|DIALOG)$/.test(target.tagName));
}
