// Package tsdb stores samples on a fixed step grid, durably, and hands them out aggregated.
//
// Read first: the three interfaces in contract.go (Resolver, Appender, Selector), Query and Column in
// query.go, the question and the answer, and DB. All files, in reading order, are listed under Files.
//
//	Append ─► committer: gather ─► stage ─► log ─► apply      one commit at a time, groups grow with the load
//	                               │        │        │
//	                     normalize │    tsdb/wal     │        slot = value, absolute
//	                               ▼                 ▼
//	              shard: series, states          shard: windows, index      16 shards, by hash of the tags
//	                                                 │
//	Select ◄── cache ◄── merge, in order of lanes ◄── aggregate, in order of shards and series
//
// A series belongs to one shard and has a number there that is never used again. Its values lie in windows of
// 60 slots of one step; slot k is the interval ((k-1)·step, k·step] and a window covers (B, B + 60·step]:
//
//	time       B          B+step       …          B+60·step
//	slot     ──┤─────1─────┤─────2─────┤── … ──┤─────60─────├──
//	open     │ v or NaN  │ v or NaN  │  …      │ v or NaN  │     a row of float64 per series
//	sealed   a block of bytes per series (tsdb/gorilla), one behind the other
//
// At most two windows of a shard are open; a write elsewhere seals the least recently written one, and Maintain one
// that ended some steps ago and that nobody writes to (idle.go). A late write into a sealed window opens rows over it,
// for the series that it is about; sealing folds them in.
//
// # Memory
//
// Values lie outside the Go heap (tsdb/offheap), in an arena per shard: the collector neither visits them nor keeps
// as much again free beside them. Row tables and offsets come in pages of 256 series numbers, absent where none of them
// has a value, for numbers are never used again. Of an open window there are the strips of 16 slots that have begun:
//
//	               slots 1…16   17…32   33…48   49…60
//	row table ──►  ▒▒▒▒▒▒▒▒     ▒▒▒▒    ·       ·         8 bytes a slot, 64 rows to a page
//	offsets   ──►  ████████████████████████               1.9 bytes a slot, sealed
//
// Whoever reads holds the lock of the shard, or pins the window; whoever takes a window out of its place frees it. Close frees
// all there is.
//
// # Disk
//
// A window that ended ten steps ago is written to a block file (tsdb/blockfile), all shards in one; its bytes
// stay in memory until the memory horizon as well. Behind the horizon the files of 24 windows become one, a span by the
// calendar of UTC where windows are hours. The log is needed for what is in no file:
//
//	log     ──┬──────P──────┬──────────────┬───────►   rotated each time that windows go to files
//	          R1            R2             R3
//	file of window w: "has all that was logged for w before R2"    replay skips that
//	window in memory: "first written after P"                      the log may be dropped before P
//	behind each R: definitions and states once more                so that it may be dropped at all
//
// A late write over a filed window opens rows over the file; some time after they are sealed, a new file of the window
// replaces the old one, or stands in for a merged one, which takes it in when no more come. Maintain does all of this,
// once a step: filing.go and merging.go say when. A start opens the files, replays the log (replay.go) and reads back what
// the memory horizon asks for:
//
//	log ──► batch of 8 MiB, by shard ──► one goroutine a core, a shard at a time ──► run of one slot ──► window
//	          the next one gathers         so records of a shard keep their order
//
// # Series that go
//
// The series table (tsdb/memseries) and the index of a shard cover what has values in memory. When the last window of a series has left it,
// the series leaves the index, and sixty steps later the table (evict.go); its number lives on in block files, and
// these find it: which of their series answer a query, what the tags of a number are, and which number tags have
// (filedseries.go). So a fleet that replaces its nodes every hour costs what is in memory, and files are asked only
// for the windows that they alone have. What is written late over a file lies over it (overlay.go) until a new file
// replaces the old one; the rest of the file stays on disk.
//
// # Select
//
// A query becomes a range plan (rangeplan.go): windows to read, cut into units, of ten slots where steps are not consolidated.
// Units that are closed, two steps behind the clock, come from the cache as a whole or are read as a whole and kept; what is
// between is read as far as the range goes, and the parts are put together (assemble.go):
//
//	range            ├───────────────────────────────────┤
//	units     ├───────┼───────┼── … ──┼───────┼───────┤
//	          └ cached, clipped ───────────────┘└ read ──┘     a refresh: 17 units of 18
//
// Reading goes through four lanes, each a quarter of the shards, one after the other into the same columns; then
// lanes are added up in their order. So sums have the same bits on any number of processors, from the cache and not. An
// entry holds as long as no slot of it was changed since its reading began (revision.go): commits and deletes number
// their changes. Readers work in turns and leave one processor free (package turn); they hold the lock of a
// shard for a millisecond at a time (passage.go), and hold patterns against values without it (index.Tested).
//
// # Delete
//
// Delete writes tombstones to the log, one or more for each shard: these series have nothing in those slots from here on
// (tombstone.go). They hide at once, and are gone with the values when the windows go to files again; a sample that
// comes later is stored as ever. Retention drops whole windows, by a clock that it doubts when that leaps (retain.go).
//
// # Napkin
//
// 100,000 series at 60 s: an open window is 51 MB at its end, a sealed one 12 MB; a commit of 80,000
// points (16 requests of 5,000) writes 0.9 MB of log. A sum over 10,000 series and 3 hours decodes
// 1.8 million slots, 2.5 ns each.
//
// # Files
//
//	words       contract.go        Resolver, Appender, Selector: what others know of a store
//	            query.go           Query, Column, and how columns merge
//
//	whole       db.go              Config and DB: New, Start, Close
//	            dir.go             the data directory, taken by a process
//	            shard.go           a part of the series: a lock around what is known of them and their windows
//	            stats.go           what an operator sees
//	            snapshot.go        a copy of the directory, by second names
//
//	append      append.go          Append and the committer
//	            intake.go          the queue before it, and the calls that Close waits for
//	            stage.go           what a sample changes, before it is logged
//	            record.go          records of series and points in the log
//	            describe.go        what a record says of its data directory
//
//	series      resolve.go         tags to a number, old or new
//
//	memory      windowset.go       the windows of a shard: written, sealed, dropped
//	            window.go          window, what all kinds of them can; openWindow
//	            strip.go           16 slots of an open window
//	            rowtable.go        number to row
//	            sealed.go          sealedWindow: blocks one behind the other
//	            idle.go            when Maintain seals
//
//	files       blockdir.go        which file is in force for which window
//	            gap.go             an empty file where a bad one stood in for a window
//	            damage.go          what was found damaged in them
//	            filed.go           filedWindow: a shard's part of a window in a file
//	            overlay.go         overlayWindow: what was written late over a file
//	            parts.go           how windows lie over each other, and how a file takes another's place
//	            filedseries.go     series that files know: candidates, tags, states
//
//	maintain    maintain.go        Maintain: the order of it all
//	            evict.go           series without values in memory
//	            retain.go          drop what is too old, if the clock can be believed
//	            filing.go          windows to files
//	            checkpoint.go      what is alive in the log, to its head
//	            merging.go         files of adjacent windows to one
//
//	start       recover.go         files and definitions
//	            replay.go          records, by shard
//	            replaypoints.go    points, run by run
//
//	select      select.go          lanes, and how they are added up
//	            rangeplan.go       a range, cut into runs and units
//	            assemble.go        an answer put together from the cache and from what is read
//	            edges.go           units that the range only touches
//	            clip.go            the part of a column that the range has
//	            passage.go         the way through one shard, a millisecond at a time
//	            group.go           series to columns, in one shard
//	            reader.go          values into columns, window by window
//	            consolidate.go     several slots to one output value
//	            tally.go           what went into a column
//	            usage.go           budgets
//
//	cache       cache.go           units that are kept, and their bytes
//	            cachekey.go        equal questions have equal bytes
//	            revision.go        whether what is kept still holds
//
//	tags        tags.go            keys and values with counts
//	            taglists.go        ordered lists added up
//	            strays.go          series with values in files only
//
//	delete      delete.go          Delete
//	            tombstone.go       the record: these series, these slots
//	            burial.go          how it is applied to windows
//	            tombstoned.go      tombstonedWindow: what they leave of a sealed one
package tsdb
