// The frame of every page: where one can go, how many alerts fire, light or dark.

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AlertsModel } from '../alerts/model.ts';
import type { Keyboard } from './keys.ts';
import { Later, later } from './later.tsx';
import { ViewLink } from './link.tsx';
import type { Location, View } from './location.ts';
import type { ThemeSwitch } from './theme.ts';

export interface ShellProps {
  location: Location;
  alerts: AlertsModel;
  themes: ThemeSwitch;
  keyboard: Keyboard;
  children: ComponentChildren;
}

export function Shell({ location, alerts, themes, keyboard, children }: ShellProps) {
  const [help, setHelp] = useState(false);
  useEffect(() => keyboard.listen({
    '?': () => setHelp(true),
    'g e': () => location.go('explore', location.lastSearch('explore')),
    'g a': () => location.go('alerts', location.lastSearch('alerts')),
    'g w': () => location.go('reference', location.lastSearch('reference')),
  }), [keyboard, location]);
  const firing = alerts.counts.value?.firing ?? 0;
  const dark = themes.theme.value === 'dark';
  return (
    <>
      <header>
        <svg class="logo" width="20" height="16" viewBox="0 0 20 16" aria-hidden="true"><path d="M1 12l5-7 4 4 4-7 5 6" /></svg>
        <nav aria-label="Main">
          <NavLink location={location} view="explore">Explore</NavLink>
          <NavLink location={location} view="alerts">
            Alerts{firing > 0 && <span class="count" role="img" aria-label={`${firing} firing`}>{firing > mostCounted ? `${mostCounted}+` : firing}</span>}
          </NavLink>
          <NavLink location={location} view="reference">Words</NavLink>
        </nav>
        <button class="push-right" aria-label="Keys" title="Keys  ?" onClick={() => setHelp(true)}>?</button>
        <button class="theme" aria-label={dark ? 'Light colours' : 'Dark colours'} title={dark ? 'Light colours' : 'Dark colours'} onClick={themes.toggle}>◐</button>
      </header>
      {children}
      {help && <Later load={() => later('Help')} props={{ keyboard, onClose: () => setHelp(false) }} />}
    </>
  );
}

/** More firing alerts are not counted in the header, which is narrow. */
const mostCounted = 999;

/** To another view a link leads to what was seen there last, within the view to its beginning. */
function NavLink({ location, view, children }: { location: Location; view: View; children: ComponentChildren }) {
  const here = location.at.value.view === view;
  return <ViewLink location={location} view={view} search={here ? '' : location.lastSearch(view)} current={here}>{children}</ViewLink>;
}
