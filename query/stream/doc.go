// Package stream follows the step grid live: it decides when a step has closed and hands closed steps
// out one at a time, in order. Alerts, live views and everything else that evaluates step by step
// take that decision from here, so that they never disagree about it.
//
// Read first: Clock, the decision as arithmetic; Walker, the goroutine that acts on it; Uptime, what can be concluded
// from a step.
//
// The value at T describes the interval (T-step, T]. Clients publish it until almost a step later,
// so that T stays open for a delay, one step unless configured:
//
//	step 60 s, delay 60 s
//	          12:01       12:02       12:03       12:04
//	            |           |           |           |
//	samples of 12:02: 11111111111 222222222222        1 measured, 2 published
//	                                    12:02 closes here, and is evaluated once
//
// Samples that arrive later change graphs, never what was decided from the closed step.
//
// A step is worth as much as the server knows of it. Where it was not taking samples for a while, because it was stopped,
// the disk was full or the clock jumped, what is missing is no evidence. Uptime keeps the times in which it was taking them,
// over restarts, as records in the log: 62 bytes with each step, at most a thousand intervals in all. What lies before
// the first of them, as in a directory that an older program made, is unknown.
//
// Napkin: a walker wakes once a second and at each closing; catching up costs what the steps cost.
package stream
