// Package tsdbtest is the test kit of everybody who stands on tsdb, as net/http/httptest is for HTTP.
//
// Read first: Store, a DB written for the eye; Random, seeded series; Script, the text form of series,
// questions and answers in tests; Fleet, six recorded hours of a small fleet.
//
// Store is the definition that the real DB is compared with. It answers a query in two loops that
// follow each other and share nothing:
//
//	series a   1  2  3 | NaN  5  6     consolidate      6  11     aggregate
//	series b  10  _ 10 | NaN 10  _     each series     20  10     by group     26  21
//
// Series and points are written as
//
//	step 60s                            distance of the points
//	start 2026-11-22T09:01:00Z          time of the first value; without it the epoch
//	series name=cpu node=a   10 20 30   tags, then values: numbers, NaN, and 5*3 for 5 5 5
//
// Napkin: a query walks all series and looks every point up in a map, about 30 ns each; the whole fleet
// (550 series, 360 points) takes 6 ms. That is enough for a few thousand cases a test run.
package tsdbtest
