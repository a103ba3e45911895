// Parts of the page whose program is loaded when somebody first looks at one: what is not needed before the first chart
// does not delay it.

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

type Views = typeof import('./views.ts');

/** Loads one of them. */
export const later = <N extends keyof Views>(name: N): Promise<Views[N]> => import('./views.ts').then((views) => views[name]);

export interface LaterProps<P> {
  /** Loads the view; called once. */
  load(): Promise<ComponentType<P>>;
  /** What the view is given. */
  props: P;
}

export function Later<P extends object>({ load, props }: LaterProps<P>) {
  const [View, setView] = useState<ComponentType<P> | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  useEffect(() => void load().then((view) => setView(() => view), () => setFailed(true)), []);
  if (failed) return <p class="critical" role="alert">A part of this page could not be loaded. Load it again.</p>;
  return View ? <View {...props} /> : null;
}
