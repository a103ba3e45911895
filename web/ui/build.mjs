// Bundles src/ into dist/ under stable names, so that git stores deltas and `go build` needs no Node.
//
// The same sources give the same bytes: no time stamp, no absolute path, no file name in the output depends on the
// machine. Fails when the budgets are exceeded.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const initialBudgetBytes = 60_000; // JavaScript before the first chart, gzip -9
const totalBudgetBytes = 220_000; // everything in dist, gzip -9

const here = new URL('./', import.meta.url);
const at = (path) => new URL(path, here);

rmSync(at('dist'), { recursive: true, force: true });
mkdirSync(at('dist/assets'), { recursive: true });

const bundled = await build({
  absWorkingDir: here.pathname,
  entryPoints: { app: 'src/app/main.tsx' },
  outdir: 'dist/assets',
  splitting: true,
  chunkNames: '[name]',
  bundle: true,
  format: 'esm',
  target: ['es2022'],
  minify: true,
  charset: 'utf8',
  legalComments: 'eof',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  write: false,
  logLevel: 'warning',
});

const files = new Map(bundled.outputFiles.map((f) => [f.path.slice(f.path.lastIndexOf('/') + 1), Buffer.from(f.contents)]));
files.set('icon.svg', readFileSync(at('src/icon.svg')));

// The bundle holds other people's code; their licences ask to go with it.
const parts = ['preact', '@preact/signals', '@preact/signals-core', 'uplot'];
const licences = parts.map((name) => `${name}\n\n${readFileSync(at(`node_modules/${name}/LICENSE`), 'utf8').trim()}\n`);
files.set('licences.txt', Buffer.from(licences.join('\n----\n\n')));

// The version in a link is the head of the content hash; web/ui/ui.go lets a browser keep such an answer for ever. Scripts
// name each other so, too: those that are named come first, as their hash becomes a part of what names them.
const version = (name) => createHash('sha256').update(files.get(name)).digest('hex').slice(0, 12);
const scripts = ['chunk.js', 'views.js', 'app.js'];
const unknown = [...files.keys()].filter((name) => name.endsWith('.js') && !scripts.includes(name));
if (unknown.length > 0) throw new Error(`${unknown}: a script that index.html and the order of versions do not know`);
for (const [i, name] of scripts.entries()) {
  for (const used of scripts.slice(0, i)) {
    files.set(name, Buffer.from(files.get(name).toString().replaceAll(`"./${used}"`, `"./${used}?v=${version(used)}"`)));
  }
}
const page = Buffer.from(
  readFileSync(at('src/index.html'), 'utf8').replace(/\{\{([a-z.]+)\}\}/g, (_, name) => version(name)),
);

for (const [name, body] of files) writeFileSync(at(`dist/assets/${name}`), body);
writeFileSync(at('dist/index.html'), page);

const gz = (body) => gzipSync(body, { level: 9 }).length;
const initial = gz(files.get('app.js')) + gz(files.get('chunk.js'));
const total = [...files.values(), page].reduce((sum, body) => sum + gz(body), 0);
for (const [name, body] of files) console.log(`${name}\t${body.length} B\t${gz(body)} B gz`);
console.log(`JavaScript before the first chart ${initial} of ${initialBudgetBytes} B gz, all ${total} of ${totalBudgetBytes}`);
if (initial > initialBudgetBytes || total > totalBudgetBytes) {
  console.error('over budget: drop a dependency, or load the new part on demand');
  process.exit(1);
}
