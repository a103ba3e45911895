// The state of Explore and what changes it. The components only show it.

import { computed, effect, signal } from '@preact/signals';
import { type Client, Refused } from '../api/client.ts';
import { dataLines, getStep, type Graph, waitingSince, wholeSteps } from '../api/graph.ts';
import type { Location } from '../app/location.ts';
import { createPoller, type Outage } from '../app/poll.ts';
import { getBearableGraph } from './coarser.ts';
import { type ExploreState, formatState, graphParams, parseState, type Refresh } from './state.ts';
import { type Covered, moves, type Range, scaleRange, shiftRange, zoomRange } from './range.ts';

/** What the server said no to, and the query it was about. */
export interface Failure {
  q: string;
  message: string;
  place: Refused['place'];
}

export type Explore = ReturnType<typeof createExplore>;

/** Bounds of the automatic refresh: no timer of a browser is as long as the steps of twenty years. */
const fastestAutoMillis = 1000;
const slowestAutoMillis = 3_600_000;

const intervals = { '5s': 5000, '10s': 10_000, '30s': 30_000, '1m': 60_000, '5m': 300_000 } as const;

/** Makes the model; it loads when the URL changes, until stop is called. */
export function createExplore(client: Client, location: Location) {
  const state = computed<ExploreState>(() => parseState(location.at.value.search));
  const graph = signal<Graph | undefined>(undefined);
  const failure = signal<Failure | undefined>(undefined);
  const outage = signal<Outage | undefined>(undefined);
  /** The question changed and the answer is not there yet; a mere refresh does not count. */
  const loading = signal(false);
  const loaded = signal<{ at: number; tookMillis: number } | undefined>(undefined);
  /** The step that was asked for in place of one that was too much; empty if none was. */
  const coarser = signal('');
  /** The step of the store in milliseconds, 0 while it is unknown. */
  const storeStep = signal(0);
  const live = computed(() => state.value.refresh !== 'off' && moves(state.value) && !failure.value && !outage.value);
  /** While live: since when no value has come, 0 for never, undefined while they come. */
  const waiting = computed(() => (live.value && graph.value ? waitingSince(graph.value) : undefined));
  /** Width of the chart in CSS pixels; the chart keeps it up to date. */
  const size = { width: Math.min(window.innerWidth, 1600) };

  const poller = createPoller({
    async load(signal) {
      const asked = state.peek();
      const before = performance.now();
      const [answer, step] = await Promise.all([
        getBearableGraph(client, graphParams(asked, size.width), signal),
        storeStep.peek() || getStep(client, signal).catch(() => 0), // the graph is good without
      ]);
      if (signal.aborted) return;
      storeStep.value = step;
      graph.value = wholeSteps({ ...answer.graph, lines: dataLines(answer.graph) }, step);
      coarser.value = answer.coarser;
      failure.value = undefined;
      loading.value = false;
      loaded.value = { at: Date.now(), tookMillis: performance.now() - before };
    },
    interval() {
      if (!live.peek()) return null;
      const usual = intervalMillis(state.peek().refresh, graph.peek()?.step ?? 60_000, storeStep.peek(), client.now());
      return usual === null || waiting.peek() !== 0 ? usual : Math.min(usual, untilStep(storeStep.peek(), client.now()) + closingMillis);
    },
    failed(error) {
      loading.value = false;
      failure.value = failureOf(state.peek().q, error);
    },
    outage: (o) => (outage.value = o),
  });

  const question = computed(() => JSON.stringify(graphParams(state.value, 1)));
  const stopLoading = effect(() => {
    question.value;
    if (state.peek().q.trim() === '') {
      graph.value = undefined;
      failure.value = undefined;
      outage.value = undefined;
      loading.value = false;
      poller.rest();
      return;
    }
    loading.value = true;
    poller.kick();
  });
  const stopRefresh = effect(() => {
    state.value.refresh;
    poller.reschedule();
  });

  const go = (patch: Partial<ExploreState>, how?: { replace?: boolean; zoom?: number }): void =>
    location.go('explore', formatState({ ...state.peek(), ...patch }), how);

  const move = (change: (covered: Covered) => Range, zoom = 0): void => {
    const covered = coveredBy(graph.peek());
    if (covered) go(change(covered), { zoom });
  };

  return {
    state, graph, failure, outage, loading, loaded, live, waiting, coarser, storeStep, size, go,
    /** Asks again, the same or a new query. */
    run(q: string) {
      if (q === state.peek().q) {
        loading.value = q.trim() !== '';
        if (loading.value) poller.kick();
      } else go({ q, only: [], at: '' });
    },
    retry: () => poller.kick(),
    zoom: (from: number, to: number) => move((c) => zoomRange(from, to, c), location.at.peek().zoom + 1),
    /** Back out one level: to where the zoom began, or, on a range that came with the link, to twice its length. */
    zoomBack() {
      if (location.at.peek().zoom > 0) location.back();
      else if (!moves(state.peek())) move((c) => scaleRange(c, 2));
    },
    shift: (fraction: number) => move((c) => shiftRange(c, fraction)),
    scale: (factor: number) => move((c) => scaleRange(c, factor)),
    stop() {
      stopLoading();
      stopRefresh();
      poller.stop();
    },
  };
}

/** A step is to be seen this long after its end. */
const closingMillis = 500;

/** Milliseconds until the step that is under way ends. */
export const untilStep = (step: number, now = Date.now()): number => (step > 0 ? step - (now % step) : Infinity);

/** Milliseconds until the next refresh: by itself once per step, soon after the step of an answer is whole. */
export function intervalMillis(refresh: Refresh, step: number, storeStep: number, now: number): number | null {
  if (refresh === 'off') return null;
  if (refresh !== 'auto') return intervals[refresh];
  const usual = step > storeStep ? untilStep(step, now - storeStep) + closingMillis : step;
  return Math.min(slowestAutoMillis, Math.max(fastestAutoMillis, usual));
}

function failureOf(q: string, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { q, message, place: error instanceof Refused ? error.place : {} };
}

/** The range of an answer, or undefined if it has no values to move. */
export function coveredBy(graph: Graph | undefined): Covered | undefined {
  if (!graph || graph.end <= graph.start) return undefined;
  return { first: graph.start, last: graph.end - graph.step, step: graph.step };
}
