import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Analysis, decodeAnalysis } from '../../src/api/analyze.ts';
import { Refused, Unavailable } from '../../src/api/client.ts';
import { type Ask, createAssist } from '../../src/explore/assist.ts';

/** The answer about q whose last token is to be completed by texts. */
function answerOf(q: string, ...texts: string[]): Analysis {
  return answerOfKind('word', q, texts);
}

function answerOfKind(kind: string, q: string, texts: string[]): Analysis {
  const offset = q.lastIndexOf(',') + 1;
  const items = texts.map((text) => ({ text, kind }));
  return decodeAnalysis({ completions: { offset, length: q.length - offset, items, total: texts.length }, hover: { offset, length: 1, word: ':w' } }, q);
}

/** A helper whose timers fire when told, and which answers by hand. */
function setUp(answer: (q: string) => Analysis | Promise<Analysis> = (q) => answerOf(q, ':sum', ':sub')) {
  let timers: { callback: () => void; millis: number }[] = [];
  const asked: { q: string; caret: number; signal: AbortSignal }[] = [];
  const ask: Ask = async (q, caret, signal) => {
    asked.push({ q, caret, signal });
    return answer(q);
  };
  const assist = createAssist(ask, {
    after(millis, callback) {
      const timer = { callback, millis };
      timers.push(timer);
      return () => (timers = timers.filter((t) => t !== timer));
    },
  });
  /** Lets all that is planned happen. */
  const settle = async (): Promise<void> => {
    for (const { callback } of timers.splice(0)) callback();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  const type = (q: string): void => assist.edited(q, q.length, q.at(-1) ?? '', true);
  return { assist, asked, settle, type, waits: () => timers.map((t) => t.millis) };
}

test('an edit is asked about when typing rests, only the last one', async () => {
  const { assist, asked, settle, type, waits } = setUp();
  type(':s');
  type(':su');
  assert.deepEqual([waits(), assist.target.value], [[120], undefined]);
  await settle();
  assert.deepEqual(asked.map((a) => [a.q, a.caret]), [[':su', 3]]);
  assert.deepEqual(assist.target.value, { start: 0, end: 3 });
});

test('an edit gives up the question under way; its answer changes nothing', async () => {
  const answers: ((a: Analysis) => void)[] = [];
  const { assist, asked, settle, type } = setUp(() => new Promise((resolve) => answers.push(resolve)));
  type(':s');
  await settle();
  type(':su');
  assert.equal(asked[0]!.signal.aborted, true);
  await settle();
  answers[1]!(answerOf(':su', ':sum', ':sub'));
  answers[0]!(answerOf(':s', ':s'));
  await settle();
  assert.equal(assist.analyzed.value?.q, ':su');
});

test('the list stays while its word is typed on, and goes when the word ends', async () => {
  const { assist, settle, type } = setUp();
  type(':s');
  await settle();
  type(':su');
  assert.deepEqual(assist.target.value, { start: 0, end: 3 });
  type(':su,');
  assert.equal(assist.target.value, undefined);
});

test('Esc silences the list until the next colon, or until it is asked for', async () => {
  const { assist, settle, type } = setUp();
  type(':s');
  await settle();
  assert.equal(assist.dismiss(), true);
  assert.equal(assist.dismiss(), false);
  type(':su');
  await settle();
  assert.equal(assist.target.value, undefined);
  assert.equal(assist.analyzed.value?.q, ':su', 'diagnostics go on');
  type(':su,:');
  await settle();
  assert.notEqual(assist.target.value, undefined);
  assist.dismiss();
  assist.complete(':su', 3);
  await settle();
  assert.notEqual(assist.target.value, undefined);
});

test('no list for text that is pasted, shown, or written in full', async () => {
  const { assist, settle, type } = setUp((q) => answerOf(q, ':sum'));
  assist.edited(':su', 3, ':su', false);
  await settle();
  assert.equal(assist.target.value, undefined);
  assist.show(':su');
  await settle();
  assert.equal(assist.target.value, undefined);
  type(':sum');
  await settle();
  assert.equal(assist.target.value, undefined);
  type(':su');
  await settle();
  assert.notEqual(assist.target.value, undefined);
});

test('behind a comma only values are listed unasked', async () => {
  for (const [kind, listed] of [['value', true], ['key', false], ['word', false]] as const) {
    const { assist, settle, type } = setUp((q) => answerOfKind(kind, q, ['a', 'b']));
    type('name,');
    await settle();
    assert.equal(assist.target.value !== undefined, listed, kind);
    assist.complete('name,', 5);
    await settle();
    assert.notEqual(assist.target.value, undefined);
  }
});

test('the choice goes round', async () => {
  const { assist, settle, type } = setUp();
  type(':s');
  await settle();
  const choices = ([1, 1, 1, -1] as const).map((by) => (assist.move(by), assist.active.value));
  assert.deepEqual(choices, [0, 1, 0, 1]);
  type(':su');
  await settle();
  assert.equal(assist.active.value, -1);
  assist.move(-1);
  assert.equal(assist.active.value, 1);
});

test('an explanation takes the place of the list, an edit that of the explanation', async () => {
  const { assist, settle, type } = setUp();
  type(':s');
  await settle();
  assist.explain(':s', 1);
  await settle();
  assert.deepEqual([assist.explained.value?.hover.word, assist.target.value], [':w', undefined]);
  type(':su');
  assert.equal(assist.explained.value, undefined);
});

test('a failure is silent; a server without the route is not asked again', async () => {
  let error: Error = new Unavailable('gone');
  const { asked, settle, type } = setUp(() => Promise.reject(error));
  type('a');
  await settle();
  error = new Refused('path not found', 404, {});
  type('ab');
  await settle();
  type('abc');
  await settle();
  assert.deepEqual(asked.map((a) => a.q), ['a', 'ab']);
});

test('a text that nobody typed is not sent', async () => {
  const { asked, settle, type } = setUp();
  type('x'.repeat(100_001));
  await settle();
  assert.equal(asked.length, 0);
});
