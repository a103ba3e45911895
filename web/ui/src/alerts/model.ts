// The alerts, fetched every few seconds, for the Alerts view and for the count in the header.

import { computed, signal } from '@preact/signals';
import { type Alerts, getAlerts } from '../api/alerts.ts';
import type { Client } from '../api/client.ts';
import { createPoller, type Outage } from '../app/poll.ts';
import { countStates } from './rows.ts';

export type AlertsModel = ReturnType<typeof createAlerts>;

/** How often the view asks, and how often while only its count in the header is seen. */
const watchedMillis = 3000;
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
    interval: () => (watched ? watchedMillis : countMillis),
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
