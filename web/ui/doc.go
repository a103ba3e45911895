// Package ui serves the web pages: Explore at / and /explore, Alerts at /alerts, Words at /reference, and the files they
// need under /assets/.
//
// The pages are TypeScript in src/, bundled by build.mjs into dist/, which is committed and embedded here, so that
// building the server needs no Node. Read Handler first; in src/, app/main.tsx wires the pages, explore/model.ts and
// alerts/model.ts hold their state, chart/plot.ts draws.
//
//	src/api      the JSON of the server        src/explore    query and its help, range, refresh, start page
//	src/app      address, polling, theme       src/alerts     groups, deliveries, rules
//	src/chart    lines, colours, legend        src/reference  the words of the language
//	src/ui       pieces that two of them share
//
// The pages use only the API that any client uses, by URLs relative to their own, so they work under any path prefix.
// All state of a view is in its query string, or, where that is too long for a request line, deflated in the fragment,
// which no server sees (app/fragment.ts); such queries are asked by POST api/v1/batch.
//
// The server owns the language: no part of it is parsed in the browser. While a query is written explore/assist.ts asks
// the server about it; what it answers is shown by explore/editor.tsx (completions, explanations, marks) and
// explore/stack.tsx (the stack after each word).
//
// Numbers: 59 kB of JavaScript before the first chart, 4 kB for what app/later.tsx loads on demand, and 4 kB of style,
// gzipped, held in memory once as they are and once compressed. A page is four requests, and one of 304 when it is opened
// again. 100 lines of 960 values cost 7 ms of CPU per move of the pointer and 71 ms per refresh (Chromium without a GPU,
// 2 busy cores).
//
// To work on the pages: npm ci, then npm run check, npm test, npm run build, and npm run e2e -- URL of a running server
// (or --fake, for one with made-up data).
package ui
