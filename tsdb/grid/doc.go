// Package grid is the arithmetic of time: steps, slots and windows. It holds no data.
//
// Read first: Grid.
//
//	window          │                 0                 │                 1
//	slot            │   1       2      …     w          │  w+1     w+2
//	time      ──────┼────┤───────┤──── … ────┤──────────┼─…
//	               0·step  1·step  2·step      w·step
//
// Slot k is the interval ((k-1)·step, k·step], and its value carries the time of its end. A window has w slots, so that
// a time exactly on the edge of two windows belongs to the one that ends there: that is how Netflix Atlas lays out its
// blocks, and what answers depend on. Times are milliseconds since the epoch; slots and windows before it have
// negative numbers, which is why division rounds down (FloorDiv).
package grid
