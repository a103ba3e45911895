// Package turn shares a few processors among many questions, so that what is short is not kept waiting by what is long,
// and some processors stay free for what is not a question at all.
//
// Read first: Queue, Turn.
//
//	publish, rules, health ─────────────────────────────► processor 2
//	question, 1 ms so far ─┐
//	question, 3 s so far  ─┼─► Queue ── a turn, 2 ms ──► processor 1
//	question, 9 s so far  ─┘
//
// Go's scheduler is fair to goroutines, and that is not enough: while all its processors are busy it looks at the network
// every 10 ms only, and what becomes ready waits behind all that run, at each of the five or six wakings that a commit takes.
// Beside fifty questions a commit of 2 ms took 190. With a processor that no question may take it takes what it takes alone.
//
// A goroutine that computes for a question holds a turn, offers it to others every few lines or values (Yield), and gives it
// back (End, Begin) whenever it waits: for memory, for the network, for another goroutine. The turn travels in the context,
// because everything between the request and the last byte of its answer works in it.
package turn
