// The Explore view: a query, its chart, its legend.

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Client } from '../api/client.ts';
import { type Graph, waitingSince } from '../api/graph.ts';
import type { Keyboard } from '../app/keys.ts';
import type { Location } from '../app/location.ts';
import { Chart } from '../chart/chart.tsx';
import type { Theme } from '../chart/colour.ts';
import { drawnLines, shownBy } from '../chart/drawn.ts';
import { Legend } from '../chart/legend.tsx';
import { ValueTable } from '../chart/table.tsx';
import { clockIn, durationText, fullText, intlZone, timeText } from '../chart/time.ts';
import { OutageBanner } from '../ui/banner.tsx';
import { shortLabel } from '../ui/text.ts';
import { coveredBy, createExplore, type Explore as Model } from './model.ts';
import { NextStep } from './nextstep.tsx';
import { QueryBox } from './query.tsx';
import { moves } from './range.ts';
import { Start } from './start.tsx';
import { markOf } from './state.ts';
import { Toolbar } from './toolbar.tsx';

/** More lines than these are drawn on request only. */
const mostLines = 100;

export interface ExploreProps {
  client: Client;
  location: Location;
  keyboard: Keyboard;
  /** Where the server answers, for the command that sends a first value. */
  address: string;
  theme: Theme;
}

export function Explore({ client, location, keyboard, address, theme }: ExploreProps) {
  const model = useMemo(() => createExplore(client, location), [client, location]);
  useEffect(() => model.stop, [model]);
  const [open, setOpen] = useState(false);
  useEffect(() => keyboard.listen({
    z: model.zoomBack,
    '[': () => model.shift(-0.5),
    ']': () => model.shift(0.5),
    '-': () => model.scale(2),
    '=': () => model.scale(0.5),
    L: () => model.go({ refresh: model.state.peek().refresh === 'off' ? 'auto' : 'off' }, { replace: true }),
    u: () => model.go({ tz: model.state.peek().tz === 'UTC' ? localZone() : 'UTC' }),
    t: () => setOpen((o) => !o),
    v: () => model.go({ view: model.state.peek().view === 'table' ? 'graph' : 'table' }, { replace: true }),
    s: () => model.go({ stack: model.state.peek().stack === 'on' ? 'off' : 'on' }, { replace: true }),
    Escape: () => model.state.peek().only.length > 0 && model.go({ only: [] }, { replace: true }),
    '/': () => document.getElementById('query')?.focus(),
  }), [keyboard, model]);

  const state = model.state.value;
  const graph = model.graph.value;
  const outage = model.outage.value;
  return (
    <main class="explore" aria-busy={model.loading.value}>
      <h1 class="visually-hidden">Explore</h1>
      {location.fault.value !== '' && <p class="critical" role="alert">{location.fault.value}</p>}
      {state.q !== '' && outage && <OutageBanner outage={outage} stale={graph !== undefined} onRetry={model.retry} />}
      <QueryBox
        client={client}
        location={location}
        q={state.q}
        failure={model.failure.value}
        stack={state.stack === 'on'}
        onRun={model.run}
        onStack={(shown) => model.go({ stack: shown ? 'on' : 'off' }, { replace: true })}
      />
      {state.q.trim() === '' ? (
        <Start client={client} address={address} onQuery={model.run} />
      ) : (
        <>
          <Toolbar
            state={state}
            live={model.live.value}
            gone={outage !== undefined}
            waiting={waitingText(model.waiting.value, graph)}
            movable={coveredBy(graph) !== undefined}
            open={open}
            onOpen={setOpen}
            onChange={(patch) => model.go(patch)}
            onShift={model.shift}
            onScale={model.scale}
          />
          <div class={model.loading.value ? 'progress busy' : 'progress'} />
          {graph && <Answer model={model} graph={graph} theme={theme} />}
        </>
      )}
    </main>
  );
}

/** After a day a time needs its date. */
const dayMillis = 86_400_000;

/** Since when nothing has come, for people; undefined while something comes. */
function waitingText(since: number | undefined, graph: Graph | undefined): string | undefined {
  if (since === undefined || !graph) return undefined;
  const at = clockIn(intlZone(graph.zone))(since);
  return since === 0 ? 'Waiting for a first value' : `Waiting since ${graph.end - since > dayMillis ? fullText(at) : timeText(at)}`;
}

/** The zone of the browser. */
const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function Answer({ model, graph, theme }: { model: Model; graph: Graph; theme: Theme }) {
  const [all, setAll] = useState(false);
  const state = model.state.value;
  const { only, view } = state;
  const mark = markOf(state);
  const lines = useMemo(() => drawnLines(graph, all ? Infinity : mostLines), [graph, all]);
  const shown = useMemo(() => shownBy(lines, only), [lines, only.join()]);
  const stale = model.loading.value || model.failure.value !== undefined;
  return (
    <>
      {view === 'table' ? (
        <ValueTable graph={graph} lines={lines} shown={shown} mark={mark} />
      ) : (
        <Chart
          graph={graph}
          lines={lines}
          shown={shown}
          theme={theme}
          mark={mark}
          stale={stale}
          onZoom={model.zoom}
          onZoomBack={model.zoomBack}
          onWidth={(pixels) => (model.size.width = pixels)}
        />
      )}
      <Status model={model} graph={graph} drawn={lines.length} seen={lines.filter((_, i) => shown(i)).length} onAll={() => setAll(true)} />
      {graph.warnings.map((text, i) => <p key={i} class="warning">{shortLabel(text, 500)}</p>)}
      {moves(state) && waitingSince(graph) === 0 && !graph.warnings.some((w) => w.includes('end of its step')) && <NextStep step={Math.max(graph.step, model.storeStep.value)} />}
      {graph.lines.length === 0 ? (
        graph.warnings.length === 0 && <p>No line. The query is right, but nothing in this range matches it.</p>
      ) : (
        <Legend graph={graph} moving={moves(state)} lines={lines} shown={shown} only={only} theme={theme} onOnly={(names) => model.go({ only: names }, { replace: true })} />
      )}
    </>
  );
}

function Status({ model, graph, drawn, seen, onAll }: { model: Model; graph: Graph; drawn: number; seen: number; onAll(): void }) {
  const clock = useMemo(() => clockIn(intlZone(graph.zone)), [graph.zone]);
  const loaded = model.loaded.value;
  return (
    <p class="meta status">
      <span>{seen} of {graph.lines.length} {graph.lines.length === 1 ? 'line' : 'lines'}</span>
      <span>step {durationText(graph.step)}</span>
      {model.coarser.value !== '' && <span class="warning">drawn with a step of {model.coarser.value}, as a finer one has too many values</span>}
      {loaded && <span>{Math.round(loaded.tookMillis)} ms</span>}
      {loaded && <span>loaded {timeText(clock(loaded.at))} {graph.zone}</span>}
      {drawn < graph.lines.length && <button onClick={onAll}>Draw all {graph.lines.length}</button>}
    </p>
  );
}
