// Single-letter shortcuts. They are off wherever letters are typed (WCAG 2.1.4).

export type Shortcuts = Readonly<Record<string, () => void>>;

/** Calls the shortcut named by the key while no modifier is held and no field has the focus. Returns the way to stop. */
export function listenShortcuts(shortcuts: Shortcuts, target: Document = document): () => void {
  const listen = (e: KeyboardEvent): void => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || isTyping(e.target)) return;
    const run = Object.hasOwn(shortcuts, e.key) ? shortcuts[e.key] : undefined;
    if (!run) return;
    e.preventDefault();
    run();
  };
  target.addEventListener('keydown', listen);
  return () => target.removeEventListener('keydown', listen);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
