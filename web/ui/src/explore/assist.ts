// Help while a query is written: asks the server about the text after each edit, and keeps what it said.
//
// Help never stands in the way of typing. Nothing waits for an answer; an edit cancels the question under way; an
// answer that fails is as good as none, and a server that has no such route is not asked again.

import { computed, signal } from '@preact/signals';
import type { Analysis, Hover } from '../api/analyze.ts';
import { Refused } from '../api/client.ts';
import { browser, type Surroundings } from '../app/poll.ts';
import { completedSpan } from './written.ts';

/** Asks about a text with the cursor before a unit. */
export type Ask = (q: string, caret: number, signal: AbortSignal) => Promise<Analysis>;

/** What the server said, and of which text. */
export interface Analyzed extends Analysis {
  q: string;
}

/** What a word does, and the text that it is in. */
export interface Explained {
  q: string;
  hover: Hover;
}

/** After an edit the server is asked when nothing was typed for so long. */
export const restMillis = 120;

/** A server that answers so has no such route. */
const noSuchRoute: readonly number[] = [404, 405, 501];

/** Longer texts are nobody's typing, and are not sent with every letter. */
const longestUnits = 100_000;

export type Assist = ReturnType<typeof createAssist>;

export function createAssist(ask: Ask, env: Pick<Surroundings, 'after'> = browser) {
  const draft = signal({ q: '', caret: 0 });
  const analyzed = signal<Analyzed | undefined>(undefined);
  const explained = signal<Explained | undefined>(undefined);
  /** The list is wanted. */
  const open = signal(false);
  /** Which of its items is chosen; -1 for none. */
  const active = signal(-1);
  /** What the list would replace in the draft; undefined while there is no list to show. */
  const target = computed(() => {
    const about = analyzed.value;
    if (!open.value || !about || about.completions.items.length === 0) return undefined;
    return completedSpan(about, draft.value.q, draft.value.caret);
  });
  let silent = false;
  let missing = false;
  /** Asks after a while, unless something newer is asked of the same asker, and hands the answer over. */
  const asker = () => {
    let running: AbortController | undefined;
    let cancelTimer = () => {};
    const rest = (): void => {
      cancelTimer();
      running?.abort();
    };
    const question = (q: string, caret: number, waitMillis: number, answered: (a: Analysis) => void): void => {
      rest();
      if (missing || q.length > longestUnits) return;
      const mine = new AbortController();
      running = mine;
      cancelTimer = env.after(waitMillis, async () => {
        try {
          const answer = await ask(q, caret, mine.signal);
          if (!mine.signal.aborted) answered(answer);
        } catch (error) {
          if (!mine.signal.aborted) missing = error instanceof Refused && noSuchRoute.includes(error.status);
        }
      });
    };
    return { question, rest };
  };
  const writing = asker();
  const pointing = asker();

  /** Looks at a text; list says whether what could come next shall be listed. */
  const look = (q: string, caret: number, waitMillis: number, list: (a: Analysis) => boolean): void => {
    pointing.rest();
    explained.value = undefined;
    draft.value = { q, caret };
    writing.question(q, caret, waitMillis, (answer) => {
      analyzed.value = { ...answer, q };
      active.value = -1;
      open.value = list(answer);
    });
  };

  const close = (): void => {
    writing.rest();
    pointing.rest();
    open.value = false;
    explained.value = undefined;
  };

  return {
    analyzed, explained, target, active,
    /** The text was edited; typed is what was typed, byHand whether a person wrote or deleted letters. */
    edited(q: string, caret: number, typed: string, byHand: boolean) {
      if (typed === ':') silent = false;
      if (!byHand) open.value = false;
      look(q, caret, restMillis, (a) => byHand && !silent && isHelpful(a, q, caret));
    },
    /** Another text is there, which nobody typed. */
    show(q: string) {
      close();
      look(q, q.length, 0, () => false);
    },
    /** Lists what could come next, also where the list was silenced. */
    complete(q: string, caret: number) {
      silent = false;
      look(q, caret, 0, () => true);
    },
    /** Chooses the next or previous item; from none the first or last. */
    move(by: 1 | -1) {
      const count = analyzed.value?.completions.items.length ?? 0;
      const from = active.value < 0 && by < 0 ? 0 : active.value;
      active.value = (from + by + count) % count;
    },
    /** Explains the word at a place, in place of the list. */
    explain(q: string, at: number, waitMillis = 0) {
      pointing.question(q, at, waitMillis, ({ hover }) => {
        open.value = false;
        explained.value = hover && { q, hover };
      });
    },
    /** Gives up an explanation that is not there yet. */
    pointElsewhere: () => pointing.rest(),
    /** Closes what is open, as the reader asks; true if something was. The list then stays away until the next colon. */
    dismiss(): boolean {
      const listed = target.value !== undefined;
      const any = listed || explained.value !== undefined;
      if (listed) silent = true;
      close();
      return any;
    },
    /** Closes what is open, and gives up what is asked. */
    close,
  };
}

/**
 * The list is worth to be in the way: something is typed, which is not all that there could be, or values of a key are
 * wanted. Behind any other comma everything can follow; the list is there when it is asked for.
 */
function isHelpful({ completions: { start, items, total } }: Analysis, q: string, caret: number): boolean {
  const written = q.slice(start, caret);
  return written === '' ? items[0]?.kind === 'value' : total !== 1 || items[0]?.text !== written;
}
