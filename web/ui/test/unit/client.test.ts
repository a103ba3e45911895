import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, placeOf, Refused, Unavailable } from '../../src/api/client.ts';
import { containsQuery, escapeWord, getNames, namesQuery, sumQuery } from '../../src/api/tags.ts';

const base = new URL('http://telamon.test/prefix/');
const never = new AbortController().signal;

/** A client whose server gives one answer, and the URLs it was asked. */
function answering(body: string, status = 200) {
  const asked: string[] = [];
  const client = createClient(base, async (url) => {
    asked.push(String(url));
    return new Response(body, { status });
  });
  return { client, asked };
}

test('a request is below the base, with everything escaped', async () => {
  const { client, asked } = answering('[1]');
  assert.deepEqual(await client.get('api/v1/graph', [['q', 'a+b&c,:eq'], ['e', 's+5m']], never), [1]);
  assert.deepEqual(asked, ['http://telamon.test/prefix/api/v1/graph?q=a%2Bb%26c%2C%3Aeq&e=s%2B5m']);
});

test('a post sends JSON', async () => {
  let sent: RequestInit | undefined;
  const client = createClient(base, async (_, init) => {
    sent = init;
    return new Response('{}');
  });
  assert.deepEqual(await client.post('x', { q: 'é', pos: 2 }, never), {});
  assert.deepEqual([sent?.method, sent?.body], ['POST', '{"q":"é","pos":2}']);
  assert.equal(new Headers(sent?.headers).get('Content-Type'), 'application/json');
});

test('400 is a refusal with its place', async () => {
  const { client } = answering('{"type":"error","message":"unknown word","offset":3,"length":5,"word":":maxx","stack":["Query"],"suggestion":":max"}', 400);
  await assert.rejects(client.get('x', [], never), (e) => {
    assert.ok(e instanceof Refused);
    assert.deepEqual([e.message, e.status, e.place], ['unknown word', 400, { offset: 3, length: 5, word: ':maxx', stack: ['Query'], suggestion: ':max' }]);
    return true;
  });
});

test('what is not JSON is still explained', async () => {
  await assert.rejects(answering('URI too long', 414).client.get('x', [], never), (e) => e instanceof Refused && /414/.test(e.message));
  await assert.rejects(answering('<html>', 200).client.get('x', [], never), Unavailable);
  await assert.rejects(answering('{"message":"full"}', 503).client.get('x', [], never), (e) => e instanceof Unavailable && /full/.test(e.message));
});

test('no connection is unavailable, an abort is neither', async () => {
  const broken = createClient(base, async () => Promise.reject(new TypeError('fetch failed')));
  await assert.rejects(broken.get('x', [], never), (e) => e instanceof Unavailable && /telamon\.test/.test(e.message));
  const aborted = AbortSignal.abort();
  await assert.rejects(broken.get('x', [], aborted), (e) => !(e instanceof Unavailable) && !(e instanceof Refused));
});

test('fields of a place with wrong types are absent', () => {
  assert.deepEqual(placeOf({ offset: '3', length: -1, word: 7, stack: 'x', candidates: [1], suggestion: null }), {});
  assert.deepEqual(placeOf(null), {});
});

test('names are asked for by part, one more than shown', async () => {
  const { client, asked } = answering('["a","b","c"]');
  assert.deepEqual(await getNames(client, 'own', 'ht(t)p', 2, never), { names: ['a', 'b'], more: true });
  assert.match(decodeURIComponent(asked[0]!), /q=name,\.\*ht\.t\.p,:reic,.*,:and&limit=3$/);
  assert.equal(namesQuery('sent', ''), 'name,(telamon|atlas[.]db)[.],:re,:not');
  assert.equal(containsQuery('a,b:[c'), 'name,.*a.b..c,:reic');
});

test('any name is one word of the language', () => {
  assert.equal(sumQuery('http.req'), 'name,http.req,:eq,:sum');
  assert.equal(escapeWord('a,b:c d(e)\\u0041/*'), 'a\\u002cb\\u003ac\\u0020d\\u0028e\\u0029\\u005cu0041\\u002f*');
});

test('an answer that breaks off, and one that says later, are unavailable', async () => {
  const cut = new ReadableStream({ start: (c) => c.error(new TypeError('terminated')) });
  const cutting = createClient(base, async () => new Response(cut));
  await assert.rejects(cutting.get('x', [], never), Unavailable);
  await assert.rejects(answering('{"message":"slow down"}', 429).client.get('x', [], never), Unavailable);
});

const longParams: [string, string][] = [['q', `name,${'x'.repeat(4000)},:eq`], ['s', 'e-1h']];

test('a graph with a long query is asked for by POST, and its answer is the same', async () => {
  const asked: [string, RequestInit | undefined][] = [];
  const events = 'data: {"type":"info","message":"heartbeat"}\n\ndata: {"type":"graph","id":"","contentType":"application/json","body":[{"type":"graph-metadata"}]}\n\ndata: {"type":"close"}\n\n';
  const client = createClient(base, async (url, init) => {
    asked.push([String(url), init]);
    return new Response(init?.method === 'POST' ? events : '[{"type":"graph-metadata"}]');
  });
  assert.deepEqual(await client.graph([['q', '1']], never), [{ type: 'graph-metadata' }]);
  assert.deepEqual(await client.graph(longParams, never), [{ type: 'graph-metadata' }]);
  assert.equal(asked[0]![0], 'http://telamon.test/prefix/api/v1/graph?q=1');
  assert.equal(asked[1]![0], 'http://telamon.test/prefix/api/v1/batch');
  assert.deepEqual(JSON.parse(String(asked[1]![1]!.body)), { requests: [{ id: '', params: { q: [longParams[0]![1]], s: ['e-1h'] } }] });
});

test('commas count as they are sent', async () => {
  const { client, asked } = answering('[]');
  await client.graph([['q', ','.repeat(1000)]], never);
  assert.equal(asked[0]!.length < 4096, true);
  await assert.rejects(client.graph([['q', ','.repeat(1300)]], never), Unavailable);
  assert.match(asked[1]!, /batch$/);
});

test('a batch fails as a graph does', async () => {
  const error = 'data: {"type":"error","id":"","status":400,"message":"unknown word","offset":1,"suggestedStep":"30s"}\n\n';
  await assert.rejects(answering(error).client.graph(longParams, never), (e) =>
    e instanceof Refused && e.status === 400 && e.message === 'unknown word' && e.place.suggestedStep === '30s');
  await assert.rejects(answering('data: {"type":"error","id":"","status":503,"message":"busy"}\n').client.graph(longParams, never), Unavailable);
  await assert.rejects(answering('data: {"type":"close"}\n\n').client.graph(longParams, never), Unavailable);
  await assert.rejects(answering('data: [\nnonsense').client.graph(longParams, never), Unavailable);
  await assert.rejects(answering('{"message":"too large"}', 413).client.graph(longParams, never), (e) => e instanceof Refused && e.status === 413);
});

test('the time is that of the server', async () => {
  const client = createClient(base, async () => new Response('{}', { headers: { Date: new Date(Date.now() + 600_000).toUTCString() } }));
  assert.ok(Math.abs(client.now() - Date.now()) < 100);
  await client.get('x', [], new AbortController().signal);
  assert.ok(Math.abs(client.now() - Date.now() - 600_000) <= 1100);
});
