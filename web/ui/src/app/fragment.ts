// A query string in the fragment of an address, for those that are too long for a request line: a fragment never
// reaches the server. "#?q=…" is as it is, "#z=…" is deflated (RFC 1951) in the URL's base64.

/** A query string longer than this goes into the fragment: servers and proxies refuse long addresses, ours at 4096 bytes. */
export const longestSearch = 3500;

/** What a fragment may become: more than any query that the server takes. */
const mostBytes = 2 << 20;

/** A query string as it is in a fragment. */
export const plainFragment = (search: string): string => `#${search}`;

/** Deflates a query string into a fragment. */
export async function packFragment(search: string): Promise<string> {
  const bytes = await drain(new Blob([search]).stream().pipeThrough(new CompressionStream('deflate-raw')), Infinity);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `#z=${btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Whether a fragment holds a query string, rather than the name of a place in the page. */
export const holdsSearch = (hash: string): boolean => /^#(\?|z=)/.test(hash);

/**
 * The query string in a fragment that holds one. Throws an error for people if it is damaged, or if it would become
 * longer than a query can be: a few kilobytes may inflate to gigabytes.
 */
export async function unpackFragment(hash: string): Promise<string> {
  if (hash.startsWith('#?')) return hash.slice(1);
  try {
    const binary = atob(hash.slice('#z='.length).replaceAll('-', '+').replaceAll('_', '/'));
    const deflated = new Blob([Uint8Array.from(binary, (c) => c.charCodeAt(0))]);
    const bytes = await drain(deflated.stream().pipeThrough(new DecompressionStream('deflate-raw')), mostBytes);
    const search = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (search.startsWith('?')) return search;
  } catch (e) {
    if (e instanceof TooLong) throw e;
  }
  throw new Error('The link is damaged: the query in it cannot be read. Was it copied whole?');
}

class TooLong extends Error {}

async function drain(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let r = await reader.read(); !r.done; r = await reader.read()) {
    size += r.value.length;
    if (size > limit) {
      void reader.cancel().catch(() => {});
      throw new TooLong(`The query in the link is longer than ${limit} bytes, and is not read.`);
    }
    chunks.push(new Uint8Array(r.value));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
