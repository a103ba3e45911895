// Package normalize turns the samples of one series into values on the step grid of the store. It is
// arithmetic only: (state, sample) in, (state, slot writes) out. No clock, no lock, no memory of its own.
//
// Read first: Kind, State, NextRate.
//
// The kind of a series, its tag atlas.dstype, chooses the road:
//
//	rate     a sample is the mean rate since the sample before; it is spread backwards over the
//	         time it covers, and each interval it completes is written (NextRate)
//	counter  the difference to the sample before, as a rate per second, then as rate (NextCounter)
//	gauge    the maximum of the samples in an interval (SlotOf, Fold)
//	sum      their sum (SlotOf, Fold)
//
// A stored time T always describes the interval (T-step, T]. A rate at step 60, samples 13 s late:
//
//	samples      1:13 = 1        2:13 = 2          3:13 = 4
//	          ─────┼────────┬───────┼────────┬───────┼──
//	          1:00 │◄─ 2 ──────────►│◄─ 4 ──────────►│
//	            ▲                2:00              3:00
//	writes    1:00 = 1·47/60     2:00 = 1·13/60 + 2·47/60
//	state     Last 1:13, Partial 1·13/60 ...
//
// State lives beside the series and goes into the log where the slots alone do not restore it
// (State.MustLog). Gauge and sum have none: they read and rewrite their slot, whatever its age.
//
// Times are milliseconds since the epoch, positive; 0 is "no time". A step is a positive number of
// milliseconds. Callers check the age of samples before they come here.
//
// Napkin: 5-8 ns a sample, 32 bytes of state for a series off the grid.
//
// The rules, and each order of operations, are those of Netflix Atlas (its classes
// NormalizeValueFunction, RateValueFunction and RollingValueFunction); answers recorded from it are in
// testdata. We differ in two places: gauge and sum fold into a slot of any age, where Atlas keeps a
// buffer of two intervals and may mix old values in, and a late rate on the grid may fill an empty slot.
package normalize
