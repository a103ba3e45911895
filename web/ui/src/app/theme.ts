// Light or dark: as the system says until the user says otherwise.

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Theme } from '../chart/colour.ts';
import type { Preference } from './preference.ts';

export interface ThemeSwitch {
  readonly theme: ReadonlySignal<Theme>;
  toggle(): void;
}

export function createTheme(preference: Preference, win: Window = window): ThemeSwitch {
  const query = win.matchMedia('(prefers-color-scheme: dark)');
  const system = signal<Theme>(query.matches ? 'dark' : 'light');
  query.addEventListener('change', () => (system.value = query.matches ? 'dark' : 'light'));
  const kept = preference.read();
  const chosen = signal<Theme | undefined>(kept === 'dark' || kept === 'light' ? kept : undefined);
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
      preference.write(chosen.value);
    },
  };
}
