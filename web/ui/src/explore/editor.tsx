// The editor of a query: a text area over a copy of its text in which places are marked, with a list of what could come
// next and an explanation of a word below it.

import { useRef } from 'preact/hooks';
import type { Span } from '../api/span.ts';
import type { Location } from '../app/location.ts';
import { type KeyboardOptions, useKeyboard } from './keyboard.ts';
import { usePointer } from './pointer.ts';
import { Popover } from './popover.tsx';
import { listID, optionID, Suggest } from './suggest.tsx';
import { WordHelp } from './wordhelp.tsx';
import { pieces } from './written.ts';

export interface EditorProps extends KeyboardOptions {
  location: Location;
  marks: ReadonlyArray<Span & { mark: string }>;
  /** The query was refused. */
  failed: boolean;
  /** The focus has gone elsewhere. */
  onLeave(): void;
}

/** The types of HTML grant a text area no such role; browsers and screen readers do. */
const combobox = { role: 'combobox' } as object;

export function Editor(props: EditorProps) {
  const { field, draft, assist, location, marks, failed, onLeave } = props;
  const copy = useRef<HTMLDivElement>(null);
  const { take, onInput, onKeyDown } = useKeyboard(props);
  const pointer = usePointer({ field, copy, draft, assist });
  const completions = assist.analyzed.value?.completions;
  const target = assist.target.value;
  const active = assist.active.value;
  const explained = assist.explained.value?.q === draft ? assist.explained.value.hover : undefined;
  return (
    <div class="editor" onFocusOut={(e) => e.currentTarget.contains(e.relatedTarget as Node | null) || assist.close()} {...pointer}>
      <div class="editor-copy" aria-hidden="true" ref={copy}>
        {pieces(draft, marks).map(({ text, mark }, i) => (mark === '' ? text : <mark key={i} class={mark}>{text}</mark>))}
        {'\n'}
      </div>
      <textarea
        id="query"
        ref={field}
        rows={1}
        value={draft}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        placeholder="name,cpu,:eq,:sum"
        {...combobox}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-expanded={target !== undefined}
        aria-controls={target && listID}
        aria-activedescendant={target && active >= 0 ? optionID(active) : undefined}
        aria-invalid={failed}
        aria-describedby={failed ? 'query-error' : undefined}
        onInput={onInput}
        onKeyDown={onKeyDown}
        onMouseDown={assist.close}
        onBlur={onLeave}
        onScroll={(e) => copy.current && (copy.current.scrollTop = e.currentTarget.scrollTop)}
      />
      {target && completions && (
        <Popover before={draft.slice(0, target.start)} field={field}><Suggest completions={completions} active={active} onTake={take} /></Popover>
      )}
      <div role="status">
        {explained && <Popover before={draft.slice(0, explained.start)} field={field}><WordHelp hover={explained} location={location} /></Popover>}
      </div>
    </div>
  );
}
