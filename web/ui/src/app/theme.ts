// Light or dark: as the system says until the user says otherwise. A preference of the reader, so it is kept in the
// browser and not in the URL: a shared link must not change how the other person's page looks.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Theme } from '../chart/colour.ts';

const storageKey = 'telamon.theme';

export interface ThemeSwitch {
  readonly theme: ReadonlySignal<Theme>;
  toggle(): void;
}

export function createTheme(win: Window = window): ThemeSwitch {
  const query = win.matchMedia('(prefers-color-scheme: dark)');
  const system = signal<Theme>(query.matches ? 'dark' : 'light');
  query.addEventListener('change', () => (system.value = query.matches ? 'dark' : 'light'));
  const chosen = signal<Theme | undefined>(readChoice(win));
  const theme = computed(() => chosen.value ?? system.value);
  effect(() => {
    win.document.documentElement.dataset.theme = theme.value;
  });
  return {
    theme,
    toggle() {
      const next = theme.value === 'dark' ? 'light' : 'dark';
      // What the system says anyway needs no memory: the page then follows the system again.
      chosen.value = next === system.value ? undefined : next;
      writeChoice(win, chosen.value);
    },
  };
}

// A browser may refuse storage altogether; then the choice lasts as long as the page.

function readChoice(win: Window): Theme | undefined {
  try {
    const text = win.localStorage.getItem(storageKey);
    return text === 'dark' || text === 'light' ? text : undefined;
  } catch {
    return undefined;
  }
}

function writeChoice(win: Window, choice: Theme | undefined): void {
  try {
    if (choice) win.localStorage.setItem(storageKey, choice);
    else win.localStorage.removeItem(storageKey);
  } catch {
    return;
  }
}
