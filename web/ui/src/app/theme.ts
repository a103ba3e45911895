// Light or dark: as the system says until the user says otherwise, in this tab or another.

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
  const themeOf = (kept: string | undefined): Theme | undefined => (kept === 'dark' || kept === 'light' ? kept : undefined);
  const chosen = signal(themeOf(preference.read()));
  preference.onChange((kept) => (chosen.value = themeOf(kept)));
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
