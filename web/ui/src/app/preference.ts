// One small choice of the reader, kept by the browser: not in the URL, as a shared link must not bring it along.

/** A choice, or undefined for none. A browser may refuse to keep anything; then it lasts as long as the page. */
export interface Preference {
  read(): string | undefined;
  write(choice: string | undefined): void;
  /** Calls back when another tab has written it, for as long as the page is there. */
  onChange(callback: (choice: string | undefined) => void): void;
}

export function createPreference(name: string, win: Window = window): Preference {
  const key = `telamon.${name}`;
  return {
    read() {
      try {
        return win.localStorage.getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(choice) {
      try {
        if (choice === undefined) win.localStorage.removeItem(key);
        else win.localStorage.setItem(key, choice);
      } catch {
        return;
      }
    },
    onChange(callback) {
      // Without a key all was removed at once.
      win.addEventListener('storage', (e) => (e.key === key || e.key === null) && callback(e.newValue ?? undefined));
    },
  };
}
