import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageOf, dataLines, decodeGraph, type Graph, lengthOf, timeOf, waitingSince, wholeSteps } from '../../src/api/graph.ts';
import { drawnLines, isolated, shownBy } from '../../src/chart/drawn.ts';
import { closestLine, nearestReadings } from '../../src/chart/nearest.ts';
import { summaryOf } from '../../src/chart/summary.ts';
import { clockIn } from '../../src/chart/time.ts';
import { intervalMillis } from '../../src/explore/model.ts';
import { sparkPath } from '../../src/explore/spark.ts';

// The worked example of the v2.json format, with a missing value and a filter message added.
const answer = [
  { type: 'graph-metadata', startTime: 1325408160000, endTime: 1325408460000, timezones: ['UTC'], step: 60000, warnings: ['careful'] },
  { type: 'plot-metadata', id: 0, scale: 'LINEAR' },
  {
    type: 'timeseries', id: '026a', plot: 0, label: 'hourOfDay', color: 'ff0075dc', lineStyle: 'LINE', lineWidth: 1,
    tags: { name: 'hourOfDay', 'atlas.offset': '0w', __proto__x: 'y' },
    data: { type: 'array', values: [8, 'NaN', 8, '-Infinity', 9] },
  },
  { type: 'message', plot: 0, label: '... 5 lines filtered ...', color: 'ff000000' },
];

const graphOf = (...values: [string, number[]][]): Graph => ({
  start: 1325408160000, end: 1325408160000 + 60_000 * (values[0]?.[1].length ?? 0), step: 60_000, zone: 'UTC', warnings: [], asked: Infinity,
  lines: values.map(([label, v]) => ({ label, tags: [], values: v })),
});

test('a v2.json answer becomes lines', () => {
  const graph = decodeGraph(answer, 0);
  assert.deepEqual(graph.lines, [{
    label: 'hourOfDay',
    tags: [['__proto__x', 'y'], ['atlas.offset', '0w'], ['name', 'hourOfDay']],
    values: [8, NaN, 8, -Infinity, 9],
  }]);
  assert.deepEqual(graph.warnings, ['careful', '... 5 lines filtered ...']);
  assert.equal(lengthOf(graph), 5);
  assert.equal(timeOf(graph, 4), 1325408400000);
});

test('an answer that is something else is an error, not a crash later', () => {
  for (const body of [null, {}, [], 'x', [{ type: 'graph-metadata' }], [{ type: 'graph-metadata', startTime: 0, step: 0 }]]) {
    assert.throws(() => decodeGraph(body, 0), /api\/v1\/graph/);
  }
});

test('a broken line is an empty line', () => {
  const graph = decodeGraph([answer[0], { type: 'timeseries', tags: [1], data: { values: 'x' } }, null, 7], 0);
  assert.deepEqual(graph.lines, [{ label: '', tags: [], values: [] }]);
});

test('equal labels get different names, and a line keeps its name', () => {
  const one = drawnLines(graphOf(['a', [1]], ['a', [2]], ['b', [3]]), 100);
  assert.equal(new Set(one.map((l) => l.name)).size, 3);
  const other = drawnLines(graphOf(['b', [3]]), 100);
  assert.equal(other[0]!.name, one[2]!.name);
});

test('of too many lines the highest are drawn, in the order of the answer', () => {
  const lines = drawnLines(graphOf(['a', [1]], ['b', [NaN]], ['c', [9]], ['d', [5]]), 2);
  assert.deepEqual(lines.map((l) => l.label), ['c', 'd']);
});

test('isolation shows what is named, or all when nothing of it is there', () => {
  const lines = drawnLines(graphOf(['a', [1]], ['b', [2]]), 100);
  const [a, b] = lines.map((l) => l.name) as [string, string];
  const shown = (only: string[]): boolean[] => lines.map((_, i) => shownBy(lines, only)(i));
  assert.deepEqual(shown([]), [true, true]);
  assert.deepEqual(shown([b]), [false, true]);
  assert.deepEqual(shown(['gone']), [true, true]);
  assert.deepEqual(isolated([], a, false), [a]);
  assert.deepEqual(isolated([a], a, false), []);
  assert.deepEqual(isolated([a], b, false), [b]);
  assert.deepEqual(isolated([a], b, true), [a, b]);
  assert.deepEqual(isolated([a, b], a, true), [b]);
});

test('a tooltip names the nearest lines, highest first', () => {
  const { lines } = graphOf(['a', [1]], ['b', [NaN]], ['c', [9]], ['d', [5]], ['e', [Infinity]]);
  const all = (): boolean => true;
  assert.deepEqual(nearestReadings(lines, all, 0, 4, 2), [{ line: 3, value: 5 }, { line: 0, value: 1 }]);
  assert.deepEqual(nearestReadings(lines, (i) => i !== 3, 0, 4, 1), [{ line: 0, value: 1 }]);
  assert.deepEqual(nearestReadings(lines, all, 7, 4, 2), []);
  assert.equal(closestLine(nearestReadings(lines, all, 0, 8, 9), 8), 2);
  assert.equal(closestLine([], 8), -1);
});

test('the summary says range, lines and extremes', () => {
  const text = summaryOf(graphOf(['a', [1, NaN, 3]], ['b', [NaN, NaN, NaN]]), clockIn('UTC'));
  assert.equal(
    text,
    'Chart of 2 lines, from 2012-01-01 08:56:00 to 2012-01-01 08:58:00 UTC. '
      + '\u2068a\u2069: last 3, lowest 1, highest 3. \u2068b\u2069: no values.',
  );
  assert.match(summaryOf(graphOf(), clockIn('UTC')), /^Chart without lines/);
});

test('a small line has gaps', () => {
  assert.equal(sparkPath([0, 10, NaN, 5], 30, 12), 'M0 11L10 1M30 6');
  assert.equal(sparkPath([3, 3], 10, 10), 'M0 5L10 5');
  assert.equal(sparkPath([NaN], 10, 10), '');
  assert.equal(sparkPath([], 10, 10), '');
});

test('the line that stands for nothing is not counted', () => {
  const nothing = { type: 'timeseries', label: 'nosuch', tags: { name: 'NO_DATA' }, data: { values: ['NaN', 'NaN'] } };
  const graph = decodeGraph([{ ...answer[0], notices: ['nothing matches name,nosuch,:eq', 'careful'] }, nothing, answer[2]], 0);
  assert.deepEqual(dataLines(graph).map((l) => l.label), ['hourOfDay']);
  assert.deepEqual(graph.warnings, ['careful', 'nothing matches name,nosuch,:eq']);
  const sent = { ...nothing, data: { values: [1, 'NaN'] } };
  assert.equal(dataLines(decodeGraph([answer[0], sent], 0)).length, 1, 'somebody may send a metric of that name');
});

test('values that stay out are waited for', () => {
  const waiting = (...values: [string, number[]][]): number | undefined => waitingSince(graphOf(...values));
  const constant = { label: '10', tags: [['name', '10.0']] as [string, string][], values: [10, 10, 10, 10, 10] };
  assert.equal(waiting(['a', [1, 2, 3, 4, 5]]), undefined);
  assert.equal(waiting(['a', [1, 2, 3, NaN, NaN]]), undefined, 'a step that is not over, and one under way');
  assert.equal(waiting(['a', [1, 2, NaN, NaN, NaN]]), 1325408160000 + 60_000);
  assert.equal(waiting(['a', [1, NaN, NaN, NaN, NaN]], ['b', [1, 2, 3, 4, NaN]]), undefined);
  assert.equal(waiting(['a', [NaN, NaN]]), 0);
  assert.equal(waitingSince({ ...graphOf(['a', [1, NaN, NaN, NaN, NaN]]), lines: [...graphOf(['a', [1, NaN, NaN, NaN, NaN]]).lines, constant] }), 1325408160000, 'a threshold is not sent');
  assert.equal(waitingSince({ ...graphOf(['a', [1, 2, 3, 4, 5]]), lines: [constant] }), undefined);
});

test('a last value that is not the newest has an age', () => {
  const graph = graphOf(['a', [7, NaN, NaN, NaN, NaN]]);
  assert.deepEqual([0, 1, 2, 4, -1].map((i) => ageOf(graph, i)), [240_000, 180_000, 0, 0, 0]);
  assert.match(summaryOf(graph, clockIn('UTC')), /last 7 \(4 m before the end\)/);
  assert.match(summaryOf(graph, clockIn('UTC'), 1325408160000), /Marked: 2012-01-01 08:56:00\./);
});

test('what is to come is neither old nor awaited', () => {
  const graph = graphOf(['a', [1, 2, NaN, NaN, NaN, NaN, NaN]]);
  const asked = graph.start + 1.5 * graph.step;
  assert.equal(ageOf({ ...graph, asked }, 1), 0);
  assert.equal(waitingSince({ ...graph, asked }), undefined);
  assert.equal(waitingSince({ ...graph, asked: asked + 4 * graph.step }), graph.start + graph.step);
});

test('a value of several steps of the store is left out until the last of them is in', () => {
  const graph = graphOf(['a', [1, 2, 1]], ['b', [4, NaN, 2]]);
  const threshold = { label: '5', tags: [['name', '5.0']] as [string, string][], values: [5, 5, 5] };
  graph.lines.push(threshold);
  const last = graph.start + 2 * graph.step;
  const shown = (asked: number, storeStep = 5000): number[][] => wholeSteps({ ...graph, asked }, storeStep).lines.map((l) => l.values);
  for (const asked of [last, last + 4999]) assert.deepEqual(shown(asked), [[1, 2, NaN], [4, NaN, NaN], [5, 5, 5]]);
  assert.deepEqual(shown(last - 1), [[1, 2, NaN], [4, NaN, NaN], [5, 5, 5]], 'it ends in the future');
  assert.deepEqual(shown(last + 5000), [[1, 2, 1], [4, NaN, 2], [5, 5, 5]]);
  assert.deepEqual(shown(last, 60_000), [[1, 2, 1], [4, NaN, 2], [5, 5, 5]], 'as fine as the store');
  assert.deepEqual(shown(last, 0), [[1, 2, 1], [4, NaN, 2], [5, 5, 5]], 'the step of the store is not known');
});

test('a graph is asked for again soon after its last step is whole, and no later than a timer can wait', () => {
  assert.equal(intervalMillis('auto', 60_000, 60_000, 1_000_000_000), 60_000);
  assert.equal(intervalMillis('auto', 10_000, 5000, 1_000_001_000), 4500);
  assert.equal(intervalMillis('auto', 10_000, 5000, 1_000_005_000), 10_500);
  assert.equal(intervalMillis('auto', 25 * 86_400_000, 60_000, 1_000_000_000), 3_600_000);
  assert.equal(intervalMillis('5s', 60_000, 5000, 0), 5000);
  assert.equal(intervalMillis('off', 60_000, 5000, 0), null);
});
