// The state of Explore's start page: names of metrics, and a small line for the first of them.

import { effect, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { getGraph, getStep, type Graph, type Line, wholeSteps } from '../api/graph.ts';
import { getNames, type Names, sumQuery } from '../api/tags.ts';
import { createPoller, type Outage } from '../app/poll.ts';

/** How many names are listed, and for how many of them a small line is drawn. */
const listedNames = 50;
const drawnNames = 12;
const refreshMillis = 5000;
/** Faster while the first point is awaited. */
const awaitingMillis = 2000;

/** Metrics of services, and the server's own. */
export interface Found {
  sent: Names;
  own: Names;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Makes the model and loads, again every few seconds, until stop is called. */
export function createMetrics(client: Client) {
  /** Part of a name. */
  const filter = signal('');
  const found = signal<Found | undefined>(undefined);
  const lines = signal<ReadonlyMap<string, Line>>(new Map());
  /** The answer that the lines are from. */
  const graph = signal<Graph | undefined>(undefined);
  /** The step of the store; 0 while it is unknown. */
  const step = signal(0);
  /** Nobody has sent anything yet. */
  const empty = signal(false);
  const error = signal('');
  const outage = signal<Outage | undefined>(undefined);
  const poller = createPoller({
    async load(signal) {
      const part = filter.peek();
      const [sent, own] = await Promise.all([
        getNames(client, 'sent', part, listedNames, signal),
        getNames(client, 'own', part, listedNames, signal),
      ]);
      if (signal.aborted) return;
      found.value = { sent, own };
      error.value = '';
      if (part === '') empty.value = sent.names.length === 0;
      if (step.peek() === 0) step.value = await getStep(client, signal);
      const drawn = [...sent.names, ...own.names].slice(0, drawnNames);
      if (drawn.length === 0) return;
      const sparks = wholeSteps(await getSparks(client, drawn, signal), step.peek());
      graph.value = sparks;
      lines.value = new Map(sparks.lines.slice(0, drawn.length).map((line, i) => [drawn[i]!, line]));
    },
    interval: () => (empty.peek() ? awaitingMillis : refreshMillis),
    failed: (e) => (error.value = e instanceof Error ? e.message : String(e)),
    outage: (o) => (outage.value = o),
  });
  const stopFilter = effect(() => {
    filter.value;
    poller.kick();
  });
  return {
    filter, found, graph, lines, step, empty, error, outage,
    retry: () => poller.kick(),
    stop() {
      stopFilter();
      poller.stop();
    },
  };
}

/** One request for all: each sum gives exactly one line, in the order asked for. */
function getSparks(client: Client, names: readonly string[], signal: AbortSignal): Promise<Graph> {
  return getGraph(client, [['q', names.map(sumQuery).join(',')], ['s', 'e-1h'], ['e', 'now'], ['w', '120']], signal);
}
