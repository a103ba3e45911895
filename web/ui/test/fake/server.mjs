// A stand-in for the server: the same JSON from made-up data, and the built pages. For work on the pages without Go,
// and for the browser test's own test. It splits queries at commas and knows just enough words to answer.
//
//   node test/fake/server.mjs [PORT] [--empty]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { alertsAnswer } from './alerts.mjs';
import { analysis, definitions } from './language.mjs';
import { metrics, ownMetrics, seriesFor } from './series.mjs';

const dist = new URL('../../dist/', import.meta.url);
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
// The policy that web/ui/ui.go sends: what it forbids must fail here too.
const policy = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; object-src 'none'";

/** Starts it; resolves to { url, close }. Port 0 picks one. */
export async function startFake({ port = 0, empty = false } = {}) {
  const state = { empty };
  const server = createServer((req, res) => {
    const url = new URL(req.url, 'http://fake');
    answer(url, req, state).then(
      ({ status = 200, type = 'application/json', body }) => {
        res.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': policy });
        res.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
      },
      (error) => {
        const { status = 500, ...rest } = error.answer ?? {};
        res.writeHead(status, { 'Content-Type': 'application/json' });
        res.end(JSON.stringify({ type: 'error', message: error.message, ...rest }));
      },
    );
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close(), state };
}

async function answer(url, req, state) {
  switch (url.pathname) {
    case '/api/v1/graph': return req.url.length > 4096 ? { status: 414, type: 'text/plain', body: 'URI length exceeds the limit' } : { body: graph(url.searchParams) };
    case '/api/v1/batch': return { type: 'text/event-stream', body: batch(await json(req)) };
    case '/api/v1/tags/name': return { body: names(url.searchParams, state) };
    case '/api/v1/alerts': return { body: alertsAnswer(state) };
    case '/api/v1/publish': state.empty = false; return { body: '' };
    case '/api/v1/expr/words': return { body: definitions };
    case '/api/v1/expr/analyze': return { body: analysis(await json(req)) };
    case '/': case '/explore': case '/alerts': case '/reference': return file('index.html');
    default: return url.pathname.startsWith('/assets/') ? file(url.pathname.slice(1)) : { status: 404, type: 'text/plain', body: 'not found' };
  }
}

async function json(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function file(path) {
  return { type: `${types[path.split('.').pop()]}; charset=utf-8`, body: await readFile(new URL(path, dist)) };
}

function names(params, state) {
  const q = params.get('q') ?? '';
  const part = /^name,\.\*(.*),:reic/.exec(q)?.[1] ?? '';
  const sent = q.includes(':not') ? (state.empty ? [] : metrics) : ownMetrics;
  return sent.filter((n) => new RegExp(part, 'i').test(n)).slice(0, Number(params.get('limit') ?? 1000));
}

/** The events of a batch: a graph or an error for each request. */
function batch({ requests }) {
  const events = requests.map(({ id, params }) => {
    try {
      return { type: 'graph', id, contentType: 'application/json', body: graph(new URLSearchParams(Object.entries(params).flatMap(([k, list]) => list.map((v) => [k, v])))) };
    } catch (error) {
      return { type: 'error', id, message: error.message, ...error.answer };
    }
  });
  return [{ type: 'info', message: 'heartbeat' }, ...events, { type: 'close' }].map((e) => `data: ${JSON.stringify(e)}\n\n`).join('');
}

function graph(params) {
  const q = params.get('q') ?? '';
  const { start, end, step } = range(params);
  const found = evaluate(q);
  const lines = found.flatMap(({ name, by }) => {
    const known = seriesFor(name, by);
    return known.length > 0 ? known : [{ label: name, tags: { name: 'NO_DATA', 'atlas.offset': '0w' }, value: () => NaN }];
  });
  const explain = (params.get('hints') ?? '').split(',').includes('why-empty');
  const warnings = explain ? found.filter(({ name, by }) => seriesFor(name, by).length === 0).map(({ name }) => `nothing matches name,${name},:eq`) : [];
  const times = Array.from({ length: (end - start) / step }, (_, i) => start + i * step);
  return [
    { type: 'graph-metadata', startTime: start, endTime: end, timezones: [params.get('tz') || 'UTC'], step, width: 700, height: 300, warnings },
    { type: 'plot-metadata', id: 0 },
    ...lines.map(({ label, tags, value }, i) => ({
      type: 'timeseries', id: String(i), plot: 0, label, color: 'ff0075dc', lineStyle: 'LINE', lineWidth: 1, query: q, tags,
      data: { type: 'array', values: times.map((t) => { const v = value(t); return Number.isFinite(v) ? v : String(v); }) },
    })),
  ];
}

const words = new Set([':eq', ':sum', ':max', ':by', ':gt', ':and', ':avg', ':reic']);

/** One entry per aggregate in the query; a word that is not known fails as the real server does, with its place in bytes. */
function evaluate(q) {
  const found = [];
  let offset = 0;
  let name = '';
  const tokens = q.split(',');
  tokens.forEach((raw, i) => {
    const token = raw.trim();
    if (token === ':eq' && tokens[i - 2]?.trim() === 'name') name = tokens[i - 1].trim();
    if (token === ':sum' || token === ':max') found.push({ name, by: '' });
    if (token === ':by' && found.length > 0) found.at(-1).by = tokens[i - 2].trim();
    if (token.startsWith(':') && !words.has(token)) {
      const at = offset + Buffer.byteLength(raw.slice(0, raw.indexOf(token)));
      throw Object.assign(new Error(`IllegalStateException: unknown word '${token}'`), {
        answer: { status: 400, offset: at, length: Buffer.byteLength(token), word: token, stack: ['Query'], suggestion: ':max' },
      });
    }
    offset += Buffer.byteLength(raw) + 1;
  });
  return found;
}

const unitMillis = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

function range(params) {
  const now = Date.now();
  const at = (text, other) => {
    const m = /^(now|s|e)(?:([+-])(\d+)([smhdw]))?$/.exec(text);
    if (m) return (m[1] === 'now' ? now : other) + (m[3] ? (m[2] === '-' ? -1 : 1) * m[3] * unitMillis[m[4]] : 0);
    if (/^\d+$/.test(text)) return text.length > 10 ? Number(text) : Number(text) * 1000;
    const t = Date.parse(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
    if (Number.isNaN(t)) throw Object.assign(new Error(`IllegalArgumentException: invalid date ${text}`), { answer: { status: 400 } });
    return t;
  };
  const [s, e] = [params.get('s') || 'e-3h', params.get('e') || 'now'];
  const end = at(e, e.startsWith('s') ? at(s, 0) : 0);
  const start = at(s, end);
  let step = 5000;
  while ((end - start) / step > Math.min(1440, Number(params.get('w') ?? 700))) step *= 2;
  const floor = (t) => Math.floor(t / step) * step;
  return { start: floor(start) + step, end: floor(end) + step, step };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const port = Number(process.argv[2] ?? 7199);
  const fake = await startFake({ port, empty: process.argv.includes('--empty') });
  console.log(`fake server at ${fake.url}`);
}
