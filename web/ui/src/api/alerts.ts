// GET api/v1/alerts: the rules, and per rule the groups that have a state.

import { type Client, isRecord } from './client.ts';
import { readNumber, readRecords, readString, readStrings, readTags, type Tags } from './read.ts';

export type AlertState = 'inactive' | 'pending' | 'firing';
export type DeliveryState = 'none' | 'waiting' | 'delivered' | 'failing';

/** One answer. Times are Unix milliseconds, 0 or NaN for never. */
export interface Alerts {
  now: number;
  /** The newest step that was evaluated. */
  step: number;
  /** The newest step that is closed: later than step while the server catches up. */
  closed: number;
  /** How many steps were left out, because they were missed for too long. */
  skipped: number;
  /** Notifications that are not delivered yet, and those dropped for want of room. */
  waiting: number;
  givenUp: number;
  /** Why evaluation stands still, or the newest rules are not in force; empty when all is well. */
  error: string;
  /** Rules that are not in the rules file and whose alerts fire on until they are back. */
  held: string[];
  rules: Rule[];
}

export interface Rule {
  name: string;
  expr: string;
  /** How long it must be true, as written in the rules file. */
  for: string;
  labels: Tags;
  annotations: Tags;
  notify: string[];
  /** The worst of its groups. */
  state: AlertState;
  /** The step it was last evaluated for. */
  evaluated: number;
  /** Why the last evaluation failed; empty when it did not. */
  error: string;
  /** Whether it is not in the rules file: then only its name and groups are known. */
  held: boolean;
  groups: Group[];
}

export interface Group {
  /** What the group is about: its line and the threshold, and the time to look at; undefined where the server says none. */
  graph: { q: string; at: number } | undefined;
  id: string;
  labels: Tags;
  state: AlertState;
  since: number;
  /** The left side of the comparison, the newest that is known; NaN when there never was one. */
  value: number;
  /** The line itself. */
  signal: number;
  /** The step of both. */
  valueStep: number;
  /** Why the newest episode ended, as "no_data"; empty while it goes on. */
  reason: string;
  /** The newest steps that said nothing about it; undefined when there were none. */
  unknown: Unknown | undefined;
  annotations: Tags;
  delivery: Delivery;
}

/** Steps of which nothing is known, from the first to the last, and why. */
export interface Unknown {
  first: number;
  last: number;
  reason: string;
}

/** The newest notification of a group. */
export interface Delivery {
  receiver: string;
  state: DeliveryState;
  at: number;
  attempts: number;
  error: string;
}

export async function getAlerts(client: Client, signal: AbortSignal): Promise<Alerts> {
  return decodeAlerts(await client.get('api/v1/alerts', [], signal));
}

/** Reads an answer; what is missing or of another type is empty. */
export function decodeAlerts(body: unknown): Alerts {
  if (!isRecord(body)) throw new Error('The answer of api/v1/alerts is not an object');
  return {
    now: readNumber(body.now),
    step: readNumber(body.step),
    closed: readNumber(body.closed),
    skipped: readNumber(body.skipped),
    waiting: readNumber(body.waiting),
    givenUp: readNumber(body.given_up),
    error: readString(body.error),
    held: readStrings(body.held),
    rules: readRecords(body.rules).map(decodeRule),
  };
}

function decodeRule(r: Record<string, unknown>): Rule {
  return {
    name: readString(r.name),
    expr: readString(r.expr),
    for: readString(r.for),
    labels: readTags(r.labels),
    annotations: readTags(r.annotations),
    notify: readStrings(r.notify),
    state: readState(r.state),
    evaluated: readNumber(r.evaluated),
    error: readString(r.error),
    held: r.held === true,
    groups: readRecords(r.groups).map(decodeGroup),
  };
}

function decodeGroup(g: Record<string, unknown>): Group {
  return {
    graph: decodeGroupGraph(g.graph),
    id: readString(g.id),
    labels: readTags(g.labels),
    state: readState(g.state),
    since: readNumber(g.since),
    value: readNumber(g.value),
    signal: readNumber(g.signal),
    valueStep: readNumber(g.value_step),
    reason: readString(g.reason),
    unknown: isRecord(g.unknown) ? decodeUnknown(g.unknown) : undefined,
    annotations: readTags(g.annotations),
    delivery: decodeDelivery(isRecord(g.delivery) ? g.delivery : {}),
  };
}

function decodeUnknown(u: Record<string, unknown>): Unknown {
  return { first: readNumber(u.first), last: readNumber(u.last), reason: readString(u.reason) };
}

function decodeDelivery(d: Record<string, unknown>): Delivery {
  const states: readonly DeliveryState[] = ['waiting', 'delivered', 'failing'];
  return {
    receiver: readString(d.receiver),
    state: states.find((s) => s === d.state) ?? 'none',
    at: readNumber(d.at),
    attempts: readNumber(d.attempts),
    error: readString(d.error),
  };
}

function readState(v: unknown): AlertState {
  return v === 'firing' || v === 'pending' ? v : 'inactive';
}

function decodeGroupGraph(v: unknown): Group['graph'] {
  if (!isRecord(v)) return undefined;
  const [q, at] = [readString(v.q), readNumber(v.at)];
  return q !== '' && at > 0 && at <= latestMillis ? { q, at } : undefined;
}

/** No date is later. */
const latestMillis = 8.64e15;
