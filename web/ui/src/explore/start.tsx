// Explore without a query: how to send the first metric while there is none, and the metrics there are.

import { useEffect, useMemo } from 'preact/hooks';
import type { Client } from '../api/client.ts';
import { ageOf, type Graph, type Line } from '../api/graph.ts';
import { type Names, sumQuery } from '../api/tags.ts';
import { formatNumber } from '../chart/number.ts';
import { statsOf } from '../chart/stats.ts';
import { durationText } from '../chart/time.ts';
import { OutageBanner } from '../ui/banner.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { shortLabel } from '../ui/text.ts';
import { createMetrics } from './metrics.ts';
import { NextStep } from './nextstep.tsx';
import { sparkPath } from './spark.ts';

export function Start({ client, address, onQuery }: { client: Client; address: string; onQuery(q: string): void }) {
  const model = useMemo(() => createMetrics(client), [client]);
  useEffect(() => model.stop, [model]);
  const found = model.found.value;
  const outage = model.outage.value;
  return (
    <>
      {outage && <OutageBanner outage={outage} stale={found !== undefined} onRetry={model.retry} />}
      {model.error.value !== '' && <p class="critical" role="alert">{shortLabel(model.error.value, 500)}</p>}
      {found && model.empty.value && <FirstRun address={address} step={model.step.value} />}
      {found && (
        <>
          <label class="filter metrics-filter">
            <span class="visually-hidden">Filter metrics by name</span>
            <input id="filter" type="search" placeholder="part of a metric name" value={model.filter.value} onInput={(e) => (model.filter.value = e.currentTarget.value.trim())} />
          </label>
          {found.sent.names.length > 0 && <MetricList title="Metrics" names={found.sent} graph={model.graph.value} lines={model.lines.value} onQuery={onQuery} />}
          {found.own.names.length > 0 && <MetricList title="Telamon about itself" names={found.own} graph={model.graph.value} lines={model.lines.value} onQuery={onQuery} />}
          {found.sent.names.length + found.own.names.length === 0 && model.filter.value !== '' && <p role="status">No metric has that in its name.</p>}
        </>
      )}
    </>
  );
}

interface MetricListProps {
  title: string;
  names: Names;
  graph: Graph | undefined;
  lines: ReadonlyMap<string, Line>;
  onQuery(q: string): void;
}

function MetricList({ title, names: { names, more }, graph, lines, onQuery }: MetricListProps) {
  return (
    <section>
      <h2>{title}</h2>
      <ul class="metrics">
        {names.map((name) => (
          <li key={name}>
            <button onClick={() => onQuery(sumQuery(name))}>
              <bdi class="label">{shortLabel(name)}</bdi>
              <Spark graph={graph} line={lines.get(name)} />
            </button>
          </li>
        ))}
      </ul>
      {more && <p class="meta">The first {names.length}. Type a part of a name to find others.</p>}
    </section>
  );
}

function Spark({ graph, line }: { graph: Graph | undefined; line: Line | undefined }) {
  if (!graph || !line) return null;
  const { last, lastIndex } = statsOf(line.values);
  const age = ageOf(graph, lastIndex);
  return (
    <span class="spark">
      <svg width="120" height="24" viewBox="0 0 120 24" aria-hidden="true"><path d={sparkPath(line.values, 120, 24)} /></svg>
      <span class="number meta">{formatNumber(last)}{age > 0 && <><br />{durationText(age)} ago</>}</span>
    </span>
  );
}

function FirstRun({ address, step }: { address: string; step: number }) {
  const command = pushCommand(address);
  return (
    <section class="card">
      <h2>No data yet</h2>
      <p>Telamon listens at <code>{address}</code>. Send a first value, and this page turns into a list of metrics:</p>
      <pre tabIndex={0} aria-label="Command">{command}</pre>
      <CopyButton text={command} />
      <NextStep step={step} />
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
