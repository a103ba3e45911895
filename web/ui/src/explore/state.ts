// What Explore shows, and its form in the URL. Time parameters have the names of the graph API, so that a link to a
// page and a link to the data differ only in the path.

import { formatSearch } from '../app/location.ts';
import type { Params } from '../api/client.ts';
import { isoText } from '../chart/time.ts';
import { visibleQuery } from '../ui/text.ts';

export interface ExploreState {
  /** The query as written; what nobody could see in it is escaped. */
  q: string;
  /** Start and end as the API takes them. */
  s: string;
  e: string;
  /** Zone, or empty for the server's. */
  tz: string;
  /** Step as the API takes it, or empty for the one that fits the width. */
  step: string;
  refresh: Refresh;
  view: 'graph' | 'table';
  /** The stack after each word of the query is shown. */
  stack: 'on' | 'off';
  /** A time that the chart marks, as Date reads it, or empty. */
  at: string;
  /** Short names of the lines that are shown alone; empty shows all. */
  only: string[];
}

export const refreshes = ['auto', 'off', '5s', '10s', '30s', '1m', '5m'] as const;
/** auto is once per step of the answer. */
export type Refresh = (typeof refreshes)[number];

export const defaults: ExploreState = {
  q: '', s: 'e-1h', e: 'now', tz: '', step: '', refresh: 'auto', view: 'graph', stack: 'off', at: '', only: [],
};

/** Reads a query string. The first of a repeated parameter counts, except for only; what is unknown is ignored. */
export function parseState(search: string): ExploreState {
  const params = new URLSearchParams(search);
  const text = (name: 's' | 'e'): string => params.get(name)?.trim() || defaults[name];
  const refresh = refreshes.find((r) => r === params.get('refresh'));
  return {
    q: visibleQuery(params.get('q') ?? ''),
    s: text('s'),
    e: text('e'),
    tz: params.get('tz')?.trim() ?? '',
    step: params.get('step')?.trim() ?? '',
    refresh: refresh ?? defaults.refresh,
    view: params.get('view') === 'table' ? 'table' : 'graph',
    stack: params.get('stack') === 'on' ? 'on' : 'off',
    at: Number.isNaN(Date.parse(params.get('at') ?? '')) ? '' : params.get('at')!,
    only: params.getAll('only').filter((name) => name !== ''),
  };
}

/** Writes a query string; what has its default is left out, except the range of a query, so that links stay explicit. */
export function formatState(state: ExploreState): string {
  const pairs: [string, string][] = [];
  if (state.q !== '') pairs.push(['q', state.q]);
  for (const name of ['s', 'e'] as const) {
    if (state.q !== '' || state[name] !== defaults[name]) pairs.push([name, state[name]]);
  }
  for (const name of ['tz', 'step', 'refresh', 'view', 'stack', 'at'] as const) {
    if (state[name] !== defaults[name]) pairs.push([name, state[name]]);
  }
  for (const name of state.only) pairs.push(['only', name]);
  return formatSearch(pairs);
}

/** The query string that shows an example of the language: with its stack, as not every example ends in a line. */
export const exampleSearch = (q: string): string => formatState({ ...defaults, q, stack: 'on' });

/** Before a marked time this much is shown at least. */
const beforeMillis = 1_800_000;

/** The query string that shows a query around a time, which is marked, and up to now. Times are Unix milliseconds. */
export function markedSearch(q: string, at: number, now: number): string {
  const before = Math.max(beforeMillis, (now - at) / 4);
  return formatState({ ...defaults, q, s: isoText(Math.floor((at - before) / 1000) * 1000), at: isoText(at) });
}

/** The time that is marked, Unix milliseconds, if one is. */
export const markOf = ({ at }: ExploreState): number | undefined => (at === '' ? undefined : Date.parse(at));

/** The parameters of the graph API for a chart that is width pixels wide. */
export function graphParams(state: ExploreState, width: number): Params {
  const params: [string, string][] = [['q', state.q], ['s', state.s], ['e', state.e]];
  if (state.tz !== '') params.push(['tz', state.tz]);
  if (state.step !== '') params.push(['step', state.step]);
  params.push(['w', String(Math.max(1, Math.round(width)))]);
  return params;
}
