// The address bar as a signal. All state of a view is in its query string, so that a link shows what was seen. A long
// query string is in the fragment instead, deflated.

import { type ReadonlySignal, signal } from '@preact/signals';
import { holdsSearch, longestSearch, packFragment, plainFragment, unpackFragment } from './fragment.ts';

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
  /** Why the address cannot be read; empty when it can. The place is then that of an empty query string. */
  readonly fault: ReadonlySignal<string>;
  /** Settles when the address that the page was opened with is read. */
  readonly ready: Promise<void>;
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
  const read = (search: string): Place => ({
    view: views.find((view) => win.location.pathname === new URL(view, base).pathname) ?? views[0],
    search,
    zoom: Number(win.history.state?.zoom ?? 0),
  });
  const at = signal(read(win.location.search));
  const fault = signal('');
  const searches: Partial<Record<View, string>> = {};
  // Reading and writing a deflated query takes a moment; what came of an older address is of no interest then.
  let latest = 0;
  const show = (search: string, problem = ''): void => {
    fault.value = problem;
    at.value = read(search);
    searches[at.value.view] = search;
  };
  const follow = async (): Promise<void> => {
    const mine = ++latest;
    const { hash, search } = win.location;
    if (!holdsSearch(hash)) return show(search);
    const found = await unpackFragment(hash).then((text) => ({ text, problem: '' }), (e: Error) => ({ text: '', problem: e.message }));
    if (mine === latest) show(found.text, found.problem);
  };
  const shorten = async (search: string): Promise<void> => {
    const mine = latest;
    const packed = await packFragment(search);
    if (mine === latest) win.history.replaceState(win.history.state, '', packed);
  };
  const ready = follow();
  win.addEventListener('popstate', follow);
  const href = (view: View, search = ''): string =>
    new URL(view + (search.length > longestSearch ? plainFragment(search) : search), base).href;
  return {
    at, fault, ready, href,
    lastSearch: (view) => searches[view] ?? '',
    back: () => win.history.back(),
    go(view, search, { replace = false, zoom = 0 } = {}) {
      const same = view === at.value.view && search === at.value.search && fault.value === '';
      const method = replace || same ? 'replaceState' : 'pushState';
      latest++;
      win.history[method]({ zoom }, '', href(view, search));
      show(search);
      if (search.length > longestSearch) void shorten(search);
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
