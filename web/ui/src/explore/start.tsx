// Explore without a query: the metrics there are, or, when there are none yet, how to send the first.

import { effect, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Client } from '../api/client.ts';
import { getGraph, type Line } from '../api/graph.ts';
import { getNames, type Names, sumQuery } from '../api/tags.ts';
import { createPoller, type Outage } from '../app/poll.ts';
import { formatNumber } from '../chart/number.ts';
import { statsOf } from '../chart/stats.ts';
import { OutageBanner } from '../ui/banner.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { shortLabel } from '../ui/text.ts';
import { sparkPath } from './spark.ts';

/** How many names are listed, and for how many of them a small line is drawn. */
const listedNames = 50;
const drawnNames = 12;
const refreshMillis = 5000;
const firstPointMillis = 2000;

type StartModel = ReturnType<typeof createStart>;

/** Loads names, then the small lines of the first of them; every few seconds, and faster while there is nothing. */
function createStart(client: Client) {
  const filter = signal('');
  const names = signal<Names | undefined>(undefined);
  const lines = signal<ReadonlyMap<string, Line>>(new Map());
  const outage = signal<Outage | undefined>(undefined);
  const poller = createPoller({
    async load(signal) {
      const found = await getNames(client, filter.peek(), listedNames, signal);
      if (signal.aborted) return;
      names.value = found;
      const drawn = found.names.slice(0, drawnNames);
      if (drawn.length > 0) lines.value = await getSparks(client, drawn, signal);
    },
    interval: () => (names.peek()?.names.length ? refreshMillis : firstPointMillis),
    failed: () => (lines.value = new Map()),
    outage: (o) => (outage.value = o),
  });
  const stopFilter = effect(() => {
    filter.value;
    poller.kick();
  });
  return {
    filter, names, lines, outage,
    retry: () => poller.kick(),
    stop() {
      stopFilter();
      poller.stop();
    },
  };
}

/** One request for all: each sum gives exactly one line, in the order asked for. */
async function getSparks(client: Client, names: readonly string[], signal: AbortSignal): Promise<Map<string, Line>> {
  const q = names.map(sumQuery).join(',');
  const graph = await getGraph(client, [['q', q], ['s', 'e-1h'], ['e', 'now'], ['w', '120']], signal);
  return new Map(graph.lines.slice(0, names.length).map((line, i) => [names[i]!, line]));
}

export function Start({ client, address, onQuery }: { client: Client; address: string; onQuery(q: string): void }) {
  const model = useMemo(() => createStart(client), [client]);
  useEffect(() => model.stop, [model]);
  const names = model.names.value;
  const outage = model.outage.value;
  return (
    <>
      {outage && <OutageBanner outage={outage} onRetry={model.retry} />}
      {names && (names.names.length > 0 || model.filter.value !== '' ? <Metrics model={model} onQuery={onQuery} /> : <FirstRun address={address} />)}
    </>
  );
}

function Metrics({ model, onQuery }: { model: StartModel; onQuery(q: string): void }) {
  const { names, more } = model.names.value!;
  return (
    <section>
      <h2>Metrics</h2>
      <label class="filter">
        <span class="visually-hidden">Filter metrics by name</span>
        <input id="filter" type="search" placeholder="part of a name" value={model.filter.value} onInput={(e) => (model.filter.value = e.currentTarget.value.trim())} />
      </label>
      <ul class="metrics">
        {names.map((name) => (
          <li key={name}>
            <button onClick={() => onQuery(sumQuery(name))}>
              <bdi class="label">{shortLabel(name)}</bdi>
              <Spark line={model.lines.value.get(name)} />
            </button>
          </li>
        ))}
      </ul>
      <p class="meta" role="status">
        {names.length === 0 ? 'No metric has that in its name.' : more ? `The first ${names.length}. Type a part of a name for others.` : `${names.length} metrics.`}
      </p>
    </section>
  );
}

function Spark({ line }: { line: Line | undefined }) {
  if (!line) return null;
  return (
    <span class="spark">
      <svg width="120" height="24" viewBox="0 0 120 24" aria-hidden="true"><path d={sparkPath(line.values, 120, 24)} /></svg>
      <span class="number meta">{formatNumber(statsOf(line.values).last)}</span>
    </span>
  );
}

function FirstRun({ address }: { address: string }) {
  const command = pushCommand(address);
  return (
    <section class="card">
      <h2>No data yet</h2>
      <p>Telamon listens at <code>{address}</code>. Send a first value and this page turns into a list of metrics:</p>
      <pre tabIndex={0} aria-label="Command">{command}</pre>
      <CopyButton text={command} />
      <p class="meta">Services that use a Spectator client need one setting: the publish address <code>{address}api/v1/publish</code>.</p>
    </section>
  );
}

/** A complete command: one gauge, now, as Atlas publish JSON. */
function pushCommand(address: string): string {
  return [
    `curl ${address}api/v1/publish -H 'Content-Type: application/json' -d '{`,
    `  "tags": {"nf.app": "hello"},`,
    `  "metrics": [{"tags": {"name": "hello.world", "atlas.dstype": "gauge"},`,
    `    "timestamp": '$(date +%s)000', "value": 42}]}'`,
  ].join('\n');
}
