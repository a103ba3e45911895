// One small choice of the reader, kept by the browser: not in the URL, as a shared link must not bring it along.

/** A choice, or undefined for none. A browser may refuse to keep anything; then it lasts as long as the page. */
export interface Preference {
  read(): string | undefined;
  write(choice: string | undefined): void;
}

export function createPreference(name: string, storage: () => Storage = () => localStorage): Preference {
  const key = `telamon.${name}`;
  return {
    read() {
      try {
        return storage().getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    write(choice) {
      try {
        if (choice === undefined) storage().removeItem(key);
        else storage().setItem(key, choice);
      } catch {
        return;
      }
    },
  };
}
