// Package blockfile keeps sealed windows on disk: the blocks of many series in some adjacent windows, with
// the series' tags and an index of them, in one file that is written once and then only read.
//
// Read first: Head, Writer (Create, Add, Commit), Reader (Open, Lookup, Blocks), Merge. FORMAT.md has the bytes.
//
//	head      the grid, which windows, a sequence number
//	data      run run run …           a run is the rows of some series under one checksum;
//	                                  a row is the blocks of one series, window behind window
//	runs      offset, checksum        of each run
//	shards    number, first position  of each shard
//	numbers   number                  of each series, by position
//	keys      text, first tag         of each key, in order
//	tags      value                   of each tag, in order of key and value
//	refs      tags                    of each series, by position
//	postings  positions               of the series with each key and with each tag
//	hashes    positions               of the series by a hash of their tags
//	foot      counts, and length and checksum of each section
//
// Terms: a series is named by its shard and its number there. In a file it has a position, 0 upwards in the
// order of those names, so that a shard is a range of positions. A tag is a key with a value; a file holds
// the text of each once, and series refer to it by number. A block is bytes; what they say is
// another package's business.
//
// # One file for all shards
//
// Shards differ in which series they have, not in which keys and values: one dictionary for all is small, one
// look-up serves all, and there is one fsync an hour instead of sixteen. A file may hold fewer; which is for
// the caller to say. The rows go by series, not by window, because a question is about few series and many
// windows, and because files of adjacent windows merge by putting rows behind one another.
//
// # Durability
//
// A file is written under a temporary name, synced, renamed, and the directory synced: whatever happens, the name
// holds a whole file or what it held before. Two files may hold the same window, after a crash between a merge and the
// removal of its input, or where a newer file stands in for one window of a longer one: all of the window counts that is in
// the file with the higher Head.Sequence, and nothing of the other, since series may be gone from it.
//
// # Reading
//
// Files are mapped. A page that the disk cannot give is an error of the call that touched it, not the
// end of the process. Checksums are verified at the first use, a section or a run at a time; see Reader.
//
// # Numbers
//
// 100,000 series of 10 tags on 1,000 nodes, blocks of 60 slots of 2 bytes; two cores of an EPYC that others use too
// (go test -bench .):
//
//	tables, B a series                       32 (one window) to 35 (24 windows)
//	file, B a point, blocks 2.01 of it       2.59 (one window), 2.06 (24 windows)
//	writing with its fsync                   0.8 µs a series (one window), 2.7 µs (24): 190 and 1,100 MB/s
//	memory to write, B a series              60, and the texts once, and at most 8 MB
//	merging 24 files of one window           0.7 µs a block
//	open; open and look up a tag             0.13 ms; 0.35 ms
//	look up a tag; two tags; 1,000 values    26 µs; 47 µs; 52 µs
//	values of a key with 1,000, of 1 in 50   0.44 ms
//	find a series by its tags                0.2 µs and, where it is there, 0.3 µs more
//	a block, one series of ten in turn       63 ns (one window), 76 ns (3 of 24)
//	canonical tags of a series               0.2 µs
//	heap of an open file                     1 KB, its keys, a bit for each run
//
// With the values of a fleet, 10,000 series of 100 nodes over 24 h at 60 s, a point takes 2.55 B in files of one window and
// 2.11 B in one of 24 (exact rates), or 2.09 and 1.65 B (as the Java client computes them), everything counted.
//
// With 1,000,000 series and 24 windows, a file of 3 GB, opening takes 3 ms and the first look-up 2 ms more.
package blockfile
