// A piece of a line as it is drawn: its colour and its dash.

import { dashes, type Look, palettes, type Theme } from './colour.ts';

export function Swatch({ look, theme }: { look: Look; theme: Theme }) {
  return (
    <svg class="swatch" width="20" height="10" aria-hidden="true">
      <line x1="0" y1="5" x2="20" y2="5" stroke={palettes[theme][look.colour]} stroke-width="3" stroke-dasharray={dashes[look.dash]!.join(' ')} />
    </svg>
  );
}
