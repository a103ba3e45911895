import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, Refused } from '../../src/api/client.ts';
import { getBearableGraph } from '../../src/explore/coarser.ts';

const never = new AbortController().signal;
const params: [string, string][] = [['q', 'a'], ['s', 'e-3h'], ['w', '1000']];
const tooMuch = 'IllegalArgumentException: requirement failed: too many datapoints: 1000000 > 500000';

/** Asks a server that refuses as often as it has refusals. */
async function ask(refusals: object[], asked = params) {
  const urls: URL[] = [];
  const client = createClient(new URL('http://telamon.test/'), async (url) => {
    urls.push(new URL(String(url)));
    const refusal = refusals[urls.length - 1];
    if (refusal) return new Response(JSON.stringify(refusal), { status: 400 });
    return new Response(JSON.stringify([{ type: 'graph-metadata', startTime: 0, endTime: 60_000, step: 30_000 }]));
  });
  const answer = await getBearableGraph(client, asked, never).catch((e: unknown) => e);
  return { answer, asked: urls.map((u) => [u.searchParams.get('step'), u.searchParams.get('w')]) };
}

test('what fits is asked for once', async () => {
  const { answer, asked } = await ask([]);
  assert.equal((answer as { coarser: string }).coarser, '');
  assert.deepEqual(asked, [[null, '1000']]);
});

test('what is too much is asked for with the step that the server suggests, and it is said', async () => {
  const { answer, asked } = await ask([{ message: tooMuch, suggestedStep: '30s' }]);
  assert.equal((answer as { coarser: string }).coarser, '30 s');
  assert.deepEqual(asked, [[null, '1000'], ['30s', '1000']]);
  const again = await ask([{ message: tooMuch, suggestedStep: '30s' }], [...params, ['step', '5s']]);
  assert.deepEqual(again.asked, [['5s', '1000'], ['30s', '1000']]);
});

test('without a suggestion the width is less by what was too much', async () => {
  const { answer, asked } = await ask([{ message: tooMuch }]);
  assert.equal((answer as { coarser: string }).coarser, '30 s');
  assert.deepEqual(asked, [[null, '1000'], [null, '450']]);
});

test('it gives up after some attempts, at once where nothing changes, and on other refusals', async () => {
  const endless = await ask(Array.from({ length: 9 }, (_, i) => ({ message: tooMuch, suggestedStep: `${i + 1}m` })));
  assert.ok(endless.answer instanceof Refused);
  assert.equal(endless.asked.length, 4);
  assert.equal((await ask([{ message: tooMuch, suggestedStep: '1m' }, { message: tooMuch, suggestedStep: '1m' }])).asked.length, 2);
  assert.equal((await ask([{ message: tooMuch }], [...params, ['step', '5s']])).asked.length, 1);
  assert.equal((await ask([{ message: 'unknown word' }])).asked.length, 1);
  assert.equal((await ask([{ message: 'too many datapoints: x > y' }])).asked.length, 1);
});
