// Wires the page: everything that lives as long as the page is made here and handed down.

import { render } from 'preact';
import { createAlerts } from '../alerts/model.ts';
import { createClient } from '../api/client.ts';
import { Explore } from '../explore/explore.tsx';
import { parseState } from '../explore/state.ts';
import { createReference } from '../reference/model.ts';
import '../ui/style.css';
import { isolate, shortLabel } from '../ui/text.ts';
import { createKeyboard } from './keys.ts';
import { Later, later } from './later.tsx';
import { createLocation, type Place, type View } from './location.ts';
import { createPreference } from './preference.ts';
import { Shell } from './shell.tsx';
import { createTheme } from './theme.ts';

// This file is served as assets/app.js, so the pages and the API are one level up, under whatever prefix.
const base = new URL('../', import.meta.url);

const client = createClient(base);
const location = createLocation(base);
const themes = createTheme(createPreference('theme'));
const keyboard = createKeyboard(createPreference('letters'));
const alerts = createAlerts(client);
const reference = createReference(client);

const titles: Record<View, string> = { explore: 'Explore', alerts: 'Alerts', reference: 'Words' };

/** Of a place, the query before all, as a tab is narrow. */
function titleOf({ view, search }: Place): string {
  const q = view === 'explore' ? parseState(search).q.trim() : '';
  return q === '' ? titles[view] : `${q.length < 100 && /^[ -~]+$/.test(q) ? q : isolate(shortLabel(q, 100))} · ${titles[view]}`;
}

function App() {
  const { view } = location.at.value;
  document.title = `${titleOf(location.at.value)} · Telamon`;
  return (
    <Shell location={location} alerts={alerts} themes={themes} keyboard={keyboard}>
      {view === 'explore' && <Explore client={client} location={location} keyboard={keyboard} address={base.href} theme={themes.theme.value} />}
      {view === 'alerts' && <Later key={view} load={() => later('Alerts')} props={{ model: alerts, location, keyboard }} />}
      {view === 'reference' && <Later key={view} load={() => later('Reference')} props={{ model: reference, location, keyboard }} />}
    </Shell>
  );
}

void location.ready.then(() => render(<App />, document.getElementById('app')!));
