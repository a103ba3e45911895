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
