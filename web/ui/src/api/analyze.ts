// POST api/v1/expr/analyze: what the server knows of a program that is being written.
//
// The server counts bytes of UTF-8; everything here is in units of UTF-16, as the editor counts.

import { type Client, isRecord } from './client.ts';
import { readNumber, readRecords, readString, readStrings } from './read.ts';
import { bytesBefore, type Span, unitsIn } from './span.ts';

export interface Analysis {
  tokens: Token[];
  diagnostics: Diagnostic[];
  completions: Completions;
  /** What the word at the cursor does, if there is one. */
  hover: Hover | undefined;
}

/** A piece of the program between commas; a list is one. */
export interface Token extends Span {
  kind: string;
  /** After the token, bottom first. */
  stack: StackValue[];
}

export interface StackValue {
  type: string;
  text: string;
}

export type Severity = 'error' | 'warning' | 'info';

/** Something that the author should know about a place. */
export interface Diagnostic extends Span {
  severity: Severity;
  message: string;
  /** The word that it is about, without colon; empty for what is no word. */
  word: string;
  /** What to write there instead; empty if nothing is near. */
  suggestion: string;
}

/** What could be written in place of a span of the program. */
export interface Completions extends Span {
  items: Candidate[];
  /** How many there are; items may hold fewer. With atLeast there may be more. */
  total: number;
  atLeast: boolean;
}

export interface Candidate {
  text: string;
  kind: 'word' | 'key' | 'value';
  /** Signature of a word. */
  detail: string;
  summary: string;
  /** It can run on what is on the stack; keys and values always fit. */
  fits: boolean;
  /** How many series have the key or value. */
  series: number;
}

export interface Hover extends Span {
  /** With its colon. */
  word: string;
  signature: string;
  summary: string;
  examples: string[];
  /** What it takes and leaves here, deepest first. */
  consumed: StackValue[];
  produced: StackValue[];
}

/** Asks about q with the cursor before unit caret. */
export async function analyze(client: Client, q: string, caret: number, signal: AbortSignal): Promise<Analysis> {
  const body = await client.post('api/v1/expr/analyze', { q, pos: bytesBefore(q, caret) }, signal);
  return decodeAnalysis(body, q);
}

/** Reads an answer about q; what is missing or of another type is empty. */
export function decodeAnalysis(body: unknown, q: string): Analysis {
  const answer = isRecord(body) ? body : {};
  const units = unitsIn(q);
  const span = (r: Record<string, unknown>): Span => {
    const offset = Math.max(0, readNumber(r.offset) || 0);
    return { start: units(offset), end: units(offset + Math.max(0, readNumber(r.length) || 0)) };
  };
  const completions = isRecord(answer.completions) ? answer.completions : {};
  const items = readRecords(completions.items).map(decodeCandidate);
  return {
    tokens: readRecords(answer.tokens).map((t) => ({ ...span(t), kind: readString(t.kind), stack: decodeStack(t.stack) })),
    diagnostics: readRecords(answer.diagnostics).map((d) => ({ ...span(d), ...decodeDiagnostic(d) })),
    completions: { ...span(completions), items, total: Math.max(items.length, readNumber(completions.total) || 0), atLeast: completions.totalAtLeast === true },
    hover: isRecord(answer.hover) ? { ...span(answer.hover), ...decodeHover(answer.hover) } : undefined,
  };
}

/** Reads a stack, the top last. */
export const decodeStack = (v: unknown): StackValue[] =>
  readRecords(v).map((s) => ({ type: readString(s.type), text: readString(s.text) }));

function decodeDiagnostic(d: Record<string, unknown>): Omit<Diagnostic, keyof Span> {
  const severities: readonly Severity[] = ['error', 'warning'];
  return {
    severity: severities.find((s) => s === d.severity) ?? 'info',
    message: readString(d.message),
    word: readString(d.word),
    suggestion: readString(d.suggestion),
  };
}

function decodeCandidate(c: Record<string, unknown>): Candidate {
  const kind = c.kind === 'key' || c.kind === 'value' ? c.kind : 'word';
  return {
    text: readString(c.text),
    kind,
    detail: readString(c.detail),
    summary: readString(c.summary),
    fits: kind !== 'word' || c.fits === true,
    series: readNumber(c.series),
  };
}

function decodeHover(h: Record<string, unknown>): Omit<Hover, keyof Span> {
  return {
    word: readString(h.word),
    signature: readString(h.signature),
    summary: readString(h.summary),
    examples: readStrings(h.examples),
    consumed: decodeStack(h.consumed),
    produced: decodeStack(h.produced),
  };
}
