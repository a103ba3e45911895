// esbuild turns an imported style sheet into dist/assets/app.css; the import itself has no value.
declare module '*.css';
