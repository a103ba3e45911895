// Wires the page: everything that lives as long as the page is made here and handed down.

import { render } from 'preact';
import { Alerts } from '../alerts/alerts.tsx';
import { createAlerts } from '../alerts/model.ts';
import { createClient } from '../api/client.ts';
import { Explore } from '../explore/explore.tsx';
import { createReference } from '../reference/model.ts';
import { Reference } from '../reference/reference.tsx';
import '../ui/style.css';
import { createKeyboard } from './keys.ts';
import { createLocation, type View } from './location.ts';
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

function App() {
  const { view } = location.at.value;
  document.title = `${titles[view]} · Telamon`;
  return (
    <Shell location={location} alerts={alerts} themes={themes} keyboard={keyboard}>
      {view === 'explore' && <Explore client={client} location={location} keyboard={keyboard} address={base.href} theme={themes.theme.value} />}
      {view === 'alerts' && <Alerts model={alerts} location={location} keyboard={keyboard} />}
      {view === 'reference' && <Reference model={reference} location={location} keyboard={keyboard} />}
    </Shell>
  );
}

render(<App />, document.getElementById('app')!);
