// Package self writes our own counters as series: each step, through the pipeline that everybody's samples
// go through.
//
// Read first: Value (what is written), Source (who offers it), Reporter (who writes it).
//
//	Stats() of a package ─► Source ─► Reporter, at each step boundary T ─► ingest.Pipeline
//	                        []Value   time T, tags: name, atlas.dstype, the value's own, the common ones
//
// Counters are written as they stand, with atlas.dstype=counter: the store makes rates of them. A total that goes
// back to zero with a restart is a rate of zero there, a step that could not be written is bridged by the
// next, and nobody has to remember what was written last.
//
// sources.go has all names. Those of alerting: telamon.alerts.evaluations and evaluationErrors count rules at steps;
// unknownSteps counts steps at which nothing was decided because the server was not taking samples all of the time, and
// skippedSteps those of them that were missed for more than an hour; firstJudgedSeconds is the time from the start of the
// process to the first step that was decided on (until then, the time that has passed); groups counts pending and firing
// alerts; waiting and givenUp are notifications.
//
// Napkin: some 60 series, 20 µs a step.
package self
