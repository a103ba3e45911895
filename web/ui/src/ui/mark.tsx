// Signs. A state is a shape, a word and a colour, never a colour alone.

/** The shapes of states: each is told apart without its colour. */
const shapes = {
  firing: 'M8 2 15 14H1Z',
  pending: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 2v5l3.5 2-.7 1.2L6.6 9V3Z',
  inactive: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z',
  failing: 'M5 1h6l4 4v6l-4 4H5l-4-4V5Zm2 3v5h2V4Zm0 6.5v2h2v-2Z',
  waiting: 'M2 7h3v2H2zM6.5 7h3v2h-3zM11 7h3v2h-3z',
  delivered: 'M13.5 3 6 11 2.5 7.5 1 9l5 5L15 4.5Z',
  gone: 'M7 1h2v9H7zM7 12h2v3H7z',
} as const;

export type Shape = keyof typeof shapes;

/** A 16 px sign in the colour of its text. */
export function Mark({ shape }: { shape: Shape }) {
  return (
    <svg class="mark" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[shape]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
