// Package memseries has what a shard knows of its series besides their values: who they are, which of them have values in
// memory, what new ones may cost, and when one is evicted.
//
// Read first: Catalog, Series, Table.
//
//	Catalog      of a shard
//	├─ Table         the series that are remembered, by number and by tags
//	├─ Index         tags to series, of those that have values in memory (package index)
//	└─ Cardinality   of all shards: series, values of each key, and the Limits on both
//
// A series gets a number when its tags come for the first time, and keeps it for ever: in the log, in block files and here.
// What is here is a cache of that. A series whose last window has left the memory leaves the index, rests for a while, and is
// evicted:
//
//	            last window in memory goes, or                 later
//	            resolved and nothing written                   nothing has come
//	remembered ───────────────────────────────► resting ──────────────────────► evicted
//	    ▲                                          │                               │
//	    └──────── a value, or Find and Wake ───────┴──── SetSeries, PutBack ───────┘
//
// So a fleet that replaces its nodes every hour costs what is in memory. Limits bound what is remembered; a series that is
// known loses nothing by them.
//
// Nothing here takes the lock of the shard: whoever calls holds it. Cardinality is shared by shards and has its own.
//
// # Napkin
//
// A series takes 88 bytes in the table, 10 to 20 to be found by its tags, and its canonical tags: some 250 bytes of
// usual ones.
package memseries
