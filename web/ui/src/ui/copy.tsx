import { useState } from 'preact/hooks';

/** Copies text, and says in place that it did, or why it could not. */
export function CopyButton({ text }: { text: string }) {
  const [said, say] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied');
    } catch {
      say('The browser refuses; select the text instead');
    }
  };
  return (
    <>
      <button onClick={copy}>Copy</button> <span class="meta" role="status">{said}</span>
    </>
  );
}
