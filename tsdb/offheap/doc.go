// Package offheap is memory that the garbage collector neither scans nor counts, given back at a known moment.
//
// Read first: Arena, and the three functions over it, Make, Resize and Free.
//
//	pages := offheap.Make[float64](arena, 64*60)    // zeros
//	offheap.Free(arena, pages)                      // whoever still reads pages now reads garbage, or crashes
//
// Go doubles what it takes for a heap: the collector runs when as much has been allocated as is alive. Samples and
// tags of a store are long-lived and have no pointers in them; kept here, each byte of them costs one byte. The price is
// that somebody must know when the last reader is gone.
//
//	small pieces, up to 128 KB     large pieces
//	┌ slab, 2 MB, one size ─┐      ┌──────────────┐
//	│ piece │ piece │ …     │      │  a mapping   │   grows and shrinks in place, or moves without a copy
//	└───────────────────────┘      └──────────────┘
//
// Sizes are rounded up by at most a sixteenth. A slab goes back to the kernel when its last piece is free; the pages
// inside a free piece of 8 KB or more at once. Memory that nobody has written to takes none of the machine.
//
// Where there is no mmap, and under the race detector, which sees the Go heap only, the memory is the Go heap's. There
// Free overwrites the piece: a reader that is late is a data race, or reads garbage always.
package offheap
