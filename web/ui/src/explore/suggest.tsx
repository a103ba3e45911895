// The list of what could come next in a query.

import { useEffect, useRef } from 'preact/hooks';
import type { Candidate, Completions } from '../api/analyze.ts';
import { shortLabel } from '../ui/text.ts';

/** The id of the list, and of its items: aria-controls and aria-activedescendant name them. */
export const listID = 'query-list';
export const optionID = (i: number): string => `query-option-${i}`;

export interface SuggestProps {
  completions: Completions;
  active: number;
  onTake(item: Candidate): void;
}

/** The focus stays in the editor, which has the keys; here is what the pointer does. */
export function Suggest({ completions: { items, total, atLeast }, active, onTake }: SuggestProps) {
  const chosen = useRef<HTMLLIElement>(null);
  useEffect(() => chosen.current?.scrollIntoView({ block: 'nearest' }), [active]);
  const stay = (e: Event): void => e.preventDefault();
  return (
    <>
      <ul class="suggest" id={listID} role="listbox" aria-label="What could come next" onMouseDown={stay}>
        {items.map((item, i) => (
          <li
            key={item.text}
            id={optionID(i)}
            ref={i === active ? chosen : null}
            role="option"
            aria-selected={i === active}
            onClick={() => onTake(item)}
          >
            <code>{shortLabel(item.text, 120)}</code>
            <span class="meta">{detailOf(item)}</span>
            {item.summary !== '' && <span class="meta summary">{shortLabel(item.summary, 200)}</span>}
          </li>
        ))}
      </ul>
      {items.length < total && <p class="meta">{items.length} of {atLeast ? '≥ ' : ''}{total.toLocaleString('en')}, keep typing</p>}
    </>
  );
}

function detailOf({ kind, detail, fits, series }: Candidate): string {
  if (kind === 'word') return fits ? shortLabel(detail, 120) : `does not fit here: ${shortLabel(detail, 120)}`;
  if (!(series > 0)) return kind;
  return `${kind}, ${series.toLocaleString('en')} series`;
}
