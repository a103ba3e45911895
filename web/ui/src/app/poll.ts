// Asks again and again: at the view's interval while all is well, with back-off while the server is gone, not at all
// while nobody looks.

import { Unavailable } from '../api/client.ts';

/** What is polled. */
export interface Job {
  /** Loads once. Unavailable means try again; any other error goes to failed and waits for the next interval. */
  load(signal: AbortSignal): Promise<void>;
  /** Milliseconds until the next load, or null for none. Asked after each load. */
  interval(): number | null;
  failed(error: unknown): void;
  /** Says that the server is gone or silent, and when it is asked again; undefined when it is back. */
  outage(outage: Outage | undefined): void;
}

export interface Outage {
  message: string;
  /** Unix milliseconds; undefined while the last question is still open. */
  retryAt: number | undefined;
}

/** Time, chance and attention, so that tests can make their own. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Calls back after millis; the returned function cancels. */
  after(millis: number, callback: () => void): () => void;
  hidden(): boolean;
  /** Calls back whenever hidden changes; the returned function stops that. */
  onVisibility(callback: () => void): () => void;
}

export const browser: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(millis, callback) {
    const id = setTimeout(callback, millis);
    return () => clearTimeout(id);
  },
  hidden: () => document.hidden,
  onVisibility(callback) {
    document.addEventListener('visibilitychange', callback);
    return () => document.removeEventListener('visibilitychange', callback);
  },
};

/** An answer that takes longer is said to be missing, and still waited for: it may be a dear question. */
export const patienceMillis = 10_000;

const firstRetryMillis = 1000;
const lastRetryMillis = 30_000;

/** Doubles from 1 s to 30 s, and takes between half and all of it, so that many browsers do not return at once. */
export function backoffMillis(attempt: number, random: number): number {
  const full = Math.min(lastRetryMillis, firstRetryMillis * 2 ** attempt);
  return Math.round(full * (0.5 + random / 2));
}

export interface Poller {
  /** Loads now. A load under way is given up. */
  kick(): void;
  /** Gives up what is under way or planned, until the next kick. */
  rest(): void;
  /** Asks the job for its interval anew, without loading. */
  reschedule(): void;
  /** Ends it; the load under way is given up, and nothing is called any more. */
  stop(): void;
}

/** Makes a poller that waits for its first kick. */
export function createPoller(job: Job, env: Surroundings = browser): Poller {
  let running: AbortController | undefined;
  let cancelTimer = () => {};
  let attempt = 0;
  let due = false;

  const schedule = (wait: number | null): void => {
    cancelTimer();
    due = false;
    if (wait === null) return;
    cancelTimer = env.after(wait, () => (env.hidden() ? (due = true) : void run()));
  };

  const run = async (): Promise<void> => {
    schedule(null);
    running?.abort();
    const mine = new AbortController();
    running = mine;
    let wait: number | null = null;
    const cancelPatience = env.after(patienceMillis, () => {
      if (!mine.signal.aborted) job.outage({ message: `The server does not answer: nothing for ${patienceMillis / 1000} s`, retryAt: undefined });
    });
    try {
      await job.load(mine.signal);
      if (mine.signal.aborted) return;
      attempt = 0;
      job.outage(undefined);
      wait = job.interval();
    } catch (error) {
      if (mine.signal.aborted) return;
      wait = settle(error);
    } finally {
      cancelPatience();
    }
    running = undefined;
    schedule(wait);
  };

  const settle = (error: unknown): number | null => {
    if (error instanceof Unavailable) {
      const wait = backoffMillis(attempt++, env.random());
      job.outage({ message: error.message, retryAt: env.now() + wait });
      return wait;
    }
    attempt = 0;
    job.outage(undefined);
    job.failed(error);
    return job.interval();
  };

  const unsubscribe = env.onVisibility(() => {
    if (due && !env.hidden()) void run();
  });

  const rest = (): void => {
    running?.abort();
    running = undefined;
    attempt = 0;
    schedule(null);
  };

  return {
    kick: () => void run(),
    rest,
    reschedule: () => {
      if (!running && attempt === 0) schedule(job.interval());
    },
    stop: () => {
      rest();
      unsubscribe();
    },
  };
}
