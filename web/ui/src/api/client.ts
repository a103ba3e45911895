// One JSON request, and the two ways in which it fails.

/** Where in the query the server stopped. Counts are bytes of the UTF-8 of q; every field may be absent. */
export interface ErrorPlace {
  offset?: number;
  length?: number;
  word?: string;
  /** Types on the stack when the word ran, bottom first. */
  stack?: string[];
  /** Signatures that the word would have accepted. */
  candidates?: string[];
  /** The word that was probably meant. */
  suggestion?: string;
  /** The step with which the range would not be too much, as the API takes it. */
  suggestedStep?: string;
}

/** The server understood and said no (4xx). Asking again gives the same answer. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly place: ErrorPlace,
  ) {
    super(message);
  }
}

/** The server could not be asked, or failed (network, 5xx, an answer that is not JSON). Asking again may help. */
export class Unavailable extends Error {}

export type Params = ReadonlyArray<readonly [string, string]>;

/** A request longer than this is given up, so that a hung server is noticed. */
const timeoutMillis = 30_000;

/** A 4xx that means: not now. */
const tooManyRequests = 429;

/** Makes the getter for one server, whose pages live below base (a URL ending in a slash). */
export function createClient(base: URL, fetcher: typeof fetch = (...a) => fetch(...a)): Client {
  /** What the server's clock is ahead of this one, milliseconds. */
  let ahead = 0;
  const ask = async (url: URL, init: RequestInit, signal: AbortSignal, read = readAnswer): Promise<unknown> => {
    const timeout = AbortSignal.timeout(timeoutMillis);
    try {
      const answer = await fetcher(url, { ...init, signal: AbortSignal.any([signal, timeout]) });
      ahead = (Date.parse(answer.headers.get('Date') ?? '') || Date.now()) - Date.now();
      return read(answer, await answer.text());
    } catch (e) {
      if (signal.aborted || e instanceof Refused || e instanceof Unavailable) throw e;
      const why = timeout.aborted ? `no answer within ${timeoutMillis / 1000} s` : 'the connection failed';
      throw new Unavailable(`Cannot reach the server at ${base.host}: ${why}`);
    }
  };
  const post = (path: string, body: unknown, signal: AbortSignal, read?: typeof readAnswer): Promise<unknown> => {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    return ask(new URL(path, base), { method: 'POST', headers, body: JSON.stringify(body) }, signal, read);
  };
  return {
    now: () => Date.now() + ahead,
    get(path, params, signal) {
      const url = new URL(path, base);
      url.search = params.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v.toWellFormed())}`).join('&');
      return ask(url, { headers: { Accept: 'application/json' } }, signal);
    },
    post: (path, body, signal) => post(path, body, signal),
    graph(params, signal) {
      if (lengthOf(params) <= longestQuery) return this.get('api/v1/graph', params, signal);
      return post('api/v1/batch', { requests: [{ id: '', params: listed(params) }] }, signal, readBatch);
    },
  };
}

export interface Client {
  /** The time of the server, Unix milliseconds, a second late at most; the time of the browser before the first answer. */
  now(): number;
  /**
   * Gets path, relative to the base, as parsed JSON.
   * Throws Refused, Unavailable, or what fetch throws when the signal is aborted.
   */
  get(path: string, params: Params, signal: AbortSignal): Promise<unknown>;
  /** Posts body as JSON; otherwise like get. */
  post(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
  /** Gets a graph; one whose query is too long for an address is asked for as a batch of one. */
  graph(params: Params, signal: AbortSignal): Promise<unknown>;
}

/** Addresses much longer than this are refused by the server, or by a proxy before it. */
const longestQuery = 3500;

const lengthOf = (params: Params): number => params.reduce((sum, [k, v]) => sum + k.length + encodeURIComponent(v.toWellFormed()).length + 2, 0);

function listed(params: Params): Record<string, string[]> {
  const lists: Record<string, string[]> = {};
  for (const [k, v] of params) (lists[k] ??= []).push(v.toWellFormed());
  return lists;
}

/** Reads the one graph of a batch, which comes as server-sent events between others. */
function readBatch(answer: Response, text: string): unknown {
  if (!answer.ok) return readAnswer(answer, text);
  for (const line of text.split('\n')) {
    const event = line.startsWith('data:') ? parse(line.slice(5)) : undefined;
    if (!isRecord(event)) continue;
    if (event.type === 'graph') return event.body;
    if (event.type !== 'error') continue;
    const { status } = event;
    throwRefusal(event, typeof status === 'number' ? status : 500, messageOf(event) ?? 'no reason given');
  }
  throw new Unavailable('The server answered without the graph');
}

function readAnswer(answer: Response, text: string): unknown {
  const body = parse(text);
  if (answer.ok && body !== undefined) return body;
  const message = messageOf(body) ?? `${answer.status} ${answer.statusText || 'without a reason'}`;
  if (answer.ok) throw new Unavailable('The server answered, but not with JSON');
  throwRefusal(body, answer.status, message);
}

function throwRefusal(body: unknown, status: number, message: string): never {
  const refused = status >= 400 && status < 500 && status !== tooManyRequests;
  if (refused) throw new Refused(message, status, placeOf(body));
  throw new Unavailable(`The server failed: ${message}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { message } = body;
  return typeof message === 'string' ? message : Array.isArray(message) ? message.join('\n') : undefined;
}

/** Reads the fields beside message. What has the wrong type is as good as absent. */
export function placeOf(body: unknown): ErrorPlace {
  if (!isRecord(body)) return {};
  const place: ErrorPlace = {};
  if (isCount(body.offset)) place.offset = body.offset;
  if (isCount(body.length)) place.length = body.length;
  if (typeof body.word === 'string') place.word = body.word;
  if (isStrings(body.stack)) place.stack = body.stack;
  if (isStrings(body.candidates)) place.candidates = body.candidates;
  if (typeof body.suggestion === 'string') place.suggestion = body.suggestion;
  if (typeof body.suggestedStep === 'string' && body.suggestedStep !== '') place.suggestedStep = body.suggestedStep;
  return place;
}

export function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

const isCount = (v: unknown): v is number => typeof v === 'number' && Number.isInteger(v) && v >= 0;
const isStrings = (v: unknown): v is string[] => Array.isArray(v) && v.every((s) => typeof s === 'string');
