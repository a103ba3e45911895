// A link to another view of the page.

import type { ComponentChildren } from 'preact';
import type { Location, View } from './location.ts';

export interface ViewLinkProps {
  location: Location;
  view: View;
  /** Its query string, from formatSearch. */
  search: string;
  /** It leads to where the reader is. */
  current?: boolean;
  children: ComponentChildren;
}

/** A real link, followed without a load unless the user asks for a new tab. */
export function ViewLink({ location, view, search, current, children }: ViewLinkProps) {
  const follow = (e: MouseEvent): void => {
    if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    e.preventDefault();
    location.go(view, search);
  };
  return <a href={location.href(view, search)} aria-current={current ? 'page' : undefined} onClick={follow}>{children}</a>;
}
