// The alerts, fetched every few seconds, for the Alerts view and for the count in the header.

import { computed, signal } from '@preact/signals';
import { type Alerts, getAlerts } from '../api/alerts.ts';
import type { Client } from '../api/client.ts';
import { createPoller, type Outage } from '../app/poll.ts';
import { countStates } from './rows.ts';

export type AlertsModel = ReturnType<typeof createAlerts>;

/** Once per step is enough, as states change with steps only; these are the bounds, and the pace for the count alone. */
const fastestMillis = 1000;
const slowestMillis = 10_000;
const countMillis = 15_000;

/** Makes the model and begins to poll, until stop is called. */
export function createAlerts(client: Client) {
  const alerts = signal<Alerts | undefined>(undefined);
  const outage = signal<Outage | undefined>(undefined);
  const error = signal('');
  let watched = false;
  const poller = createPoller({
    async load(signal) {
      alerts.value = await getAlerts(client, signal);
      error.value = '';
    },
    interval: () => (watched ? Math.min(slowestMillis, Math.max(fastestMillis, alerts.peek()?.step || 0)) : countMillis),
    failed: (e) => (error.value = e instanceof Error ? e.message : String(e)),
    outage: (o) => (outage.value = o),
  });
  poller.kick();
  return {
    alerts, outage, error,
    counts: computed(() => (alerts.value ? countStates(alerts.value) : undefined)),
    /** Says whether the view is open, and refreshes it at once if it is. */
    watch(open: boolean) {
      watched = open;
      if (open) poller.kick();
    },
    retry: () => poller.kick(),
    stop: () => poller.stop(),
  };
}
