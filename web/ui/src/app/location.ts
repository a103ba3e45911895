// The address bar as a signal. All state of a view is in its query string, so that a link shows what was seen.

import { type ReadonlySignal, signal } from '@preact/signals';

/** The pages, by the names they have in the address. The first is also what / shows. */
const views = ['explore', 'alerts', 'reference'] as const;
export type View = (typeof views)[number];

/** Where the user is. zoom counts how many steps back in the history are zooms of this view. */
export interface Place {
  view: View;
  search: string;
  zoom: number;
}

export interface Location {
  readonly at: ReadonlySignal<Place>;
  /** Goes to a view. replace keeps the history as it is, for changes that nobody wants to undo with Back. */
  go(view: View, search: string, how?: { replace?: boolean; zoom?: number }): void;
  back(): void;
  /** The address of a view, for links. */
  href(view: View, search?: string): string;
  /** How a view looked when the user was last there, so that going back to it loses nothing. */
  lastSearch(view: View): string;
}

/** Follows the history of window; pages live below base, a URL ending in a slash. */
export function createLocation(base: URL, win: Window = window): Location {
  const read = (): Place => ({
    view: views.find((view) => win.location.pathname === new URL(view, base).pathname) ?? views[0],
    search: win.location.search,
    zoom: Number(win.history.state?.zoom ?? 0),
  });
  const at = signal(read());
  const searches: Partial<Record<View, string>> = {};
  const follow = (): void => {
    at.value = read();
    searches[at.value.view] = at.value.search;
  };
  follow();
  win.addEventListener('popstate', follow);
  const href = (view: View, search = ''): string => new URL(view + search, base).href;
  return {
    at,
    href,
    lastSearch: (view) => searches[view] ?? '',
    back: () => win.history.back(),
    go(view, search, { replace = false, zoom = 0 } = {}) {
      const same = view === at.value.view && search === at.value.search;
      const method = replace || same ? 'replaceState' : 'pushState';
      win.history[method]({ zoom }, '', href(view, search));
      follow();
    },
  };
}

/** Writes pairs as a query string that a person can read: what the language needs (, : ( ) /) stays as it is. */
export function formatSearch(pairs: ReadonlyArray<readonly [string, string]>): string {
  if (pairs.length === 0) return '';
  const text = pairs.map(([k, v]) => `${encodeURIComponent(k)}=${encodeReadable(v)}`).join('&');
  return `?${text}`;
}

function encodeReadable(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(/%(2C|3A|2F|24|40)/g, (c) => decodeURIComponent(c));
}
