import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, Unavailable } from '../../src/api/client.ts';
import { backoffMillis, createPoller, patienceMillis, type Outage, type Surroundings } from '../../src/app/poll.ts';

/** Time and attention in the hands of the test. */
class FakeWorld implements Surroundings {
  time = 0;
  private timers = new Map<() => void, number>();
  private isHidden = false;
  private listeners = new Set<() => void>();

  now = (): number => this.time;
  random = (): number => 1;
  hidden = (): boolean => this.isHidden;
  after = (millis: number, callback: () => void): (() => void) => {
    const entry = (): void => callback();
    this.timers.set(entry, this.time + millis);
    return () => void this.timers.delete(entry);
  };
  onVisibility = (callback: () => void): (() => void) => {
    this.listeners.add(callback);
    return () => void this.listeners.delete(callback);
  };

  hide(hidden: boolean): void {
    this.isHidden = hidden;
    for (const listen of this.listeners) listen();
  }

  /** Lets time pass, timer by timer, and promises settle in between. */
  async pass(millis: number): Promise<void> {
    const end = this.time + millis;
    for (;;) {
      await settle();
      const next = [...this.timers].sort((a, b) => a[1] - b[1])[0];
      if (!next || next[1] > end) break;
      this.timers.delete(next[0]);
      this.time = next[1];
      next[0]();
    }
    this.time = end;
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A poller over a world, with what it did. answer may throw. */
function setUp(answer: () => void, interval: () => number | null = () => 1000) {
  const world = new FakeWorld();
  const loads: number[] = [];
  const outages: (Outage | undefined)[] = [];
  const failures: unknown[] = [];
  const poller = createPoller({
    async load() {
      loads.push(world.time);
      answer();
    },
    interval,
    failed: (e) => failures.push(e),
    outage: (o) => outages.push(o),
  }, world);
  return { world, loads, outages, failures, poller };
}

test('it loads at the interval', async () => {
  const { world, loads, poller } = setUp(() => {});
  await world.pass(5000);
  assert.deepEqual(loads, [], 'waits for the first kick');
  poller.kick();
  await world.pass(3500);
  assert.deepEqual(loads, [5000, 6000, 7000, 8000]);
  poller.stop();
  await world.pass(9000);
  assert.equal(loads.length, 4);
});

test('it backs off while the server is gone, says so, and recovers', async () => {
  let down = true;
  const { world, loads, outages, poller } = setUp(() => {
    if (down) throw new Unavailable('gone');
  });
  poller.kick();
  await world.pass(7500);
  assert.deepEqual(loads, [0, 1000, 3000, 7000]);
  assert.deepEqual(outages[0], { message: 'gone', retryAt: 1000 });
  down = false;
  await world.pass(9000);
  assert.deepEqual(loads.slice(4), [15_000, 16_000]);
  assert.equal(outages.at(-1), undefined);
  poller.stop();
});

test('a refusal is handed on and not retried faster', async () => {
  const error = new Refused('no', 400, {});
  const { world, loads, failures, poller } = setUp(() => {
    throw error;
  }, () => null);
  poller.kick();
  await world.pass(60_000);
  assert.deepEqual([loads, failures], [[0], [error]]);
  poller.stop();
});

test('it rests while hidden and loads at once when seen again', async () => {
  const { world, loads, poller } = setUp(() => {});
  poller.kick();
  await world.pass(500);
  world.hide(true);
  await world.pass(10_000);
  assert.deepEqual(loads, [0]);
  world.hide(false);
  await world.pass(100);
  assert.deepEqual(loads, [0, 10_500]);
  world.hide(true);
  world.hide(false);
  await world.pass(100);
  assert.equal(loads.length, 2, 'nothing is due yet');
  poller.stop();
});

test('a kick gives up the load under way', async () => {
  const world = new FakeWorld();
  const signals: AbortSignal[] = [];
  const failures: unknown[] = [];
  const poller = createPoller({
    load: (signal) => {
      signals.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    },
    interval: () => null,
    failed: (e) => failures.push(e),
    outage: () => {},
  }, world);
  poller.kick();
  poller.kick();
  await world.pass(10);
  assert.deepEqual(signals.map((s) => s.aborted), [true, false]);
  poller.stop();
  await world.pass(10);
  assert.deepEqual([signals[1]!.aborted, failures], [true, []]);
});

test('a new interval counts from now, and no interval ends it', async () => {
  let interval: number | null = null;
  const { world, loads, poller } = setUp(() => {}, () => interval);
  poller.kick();
  await world.pass(5000);
  interval = 2000;
  poller.reschedule();
  await world.pass(4500);
  assert.deepEqual(loads, [0, 7000, 9000]);
  interval = null;
  poller.reschedule();
  await world.pass(9000);
  assert.equal(loads.length, 3);
  poller.stop();
});

test('back-off doubles to half a minute, with jitter', () => {
  assert.deepEqual([0, 1, 2, 10, 100].map((n) => backoffMillis(n, 1)), [1000, 2000, 4000, 30_000, 30_000]);
  assert.equal(backoffMillis(0, 0), 500);
});

test('a server that is silent is said to be so, is waited for, and can be asked at once', async () => {
  const world = new FakeWorld();
  const outages: (Outage | undefined)[] = [];
  const answers: (() => void)[] = [];
  const poller = createPoller({
    load: () => new Promise((resolve) => answers.push(resolve)),
    interval: () => null,
    failed: () => {},
    outage: (o) => outages.push(o),
  }, world);
  poller.kick();
  await world.pass(patienceMillis - 1);
  assert.deepEqual(outages, []);
  await world.pass(1);
  assert.match(outages[0]!.message, /server does not answer: nothing for 10 s/);
  assert.equal(outages[0]!.retryAt, undefined);
  poller.kick();
  await world.pass(1);
  assert.equal(answers.length, 2, 'Run does not wait for the answer that is missing');
  answers[0]!();
  await world.pass(1);
  assert.equal(outages.length, 1, 'an answer to the question before is no answer');
  answers[1]!();
  await world.pass(20_000);
  assert.equal(outages.at(-1), undefined);
  assert.equal(outages.length, 2, 'nothing is said after the answer');
  poller.stop();
});
