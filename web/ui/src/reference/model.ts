// The words of the language, fetched once, when somebody first looks.

import { signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { getWords } from '../api/words.ts';
import { createPoller, type Outage } from '../app/poll.ts';
import { chaptersOf, type Chapter } from './chapters.ts';

export type ReferenceModel = ReturnType<typeof createReference>;

export function createReference(client: Client) {
  const chapters = signal<readonly Chapter[] | undefined>(undefined);
  const outage = signal<Outage | undefined>(undefined);
  const error = signal('');
  const poller = createPoller({
    async load(signal) {
      const words = await getWords(client, signal);
      if (signal.aborted) return;
      chapters.value = chaptersOf(words);
      error.value = '';
    },
    // The words are part of the server's program: they are asked for again only while they are missing.
    interval: () => null,
    failed: (e) => (error.value = e instanceof Error ? e.message : String(e)),
    outage: (o) => (outage.value = o),
  });
  return {
    chapters, outage, error,
    /** Loads if nothing is there yet, until rest is called. */
    load() {
      if (!chapters.peek()) poller.kick();
    },
    rest: () => poller.rest(),
  };
}
