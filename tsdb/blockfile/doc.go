// Package blockfile keeps sealed windows on disk: the blocks of many series in some adjacent windows, with
// the series' tags and an index of them, in one file that is written once and then only read.
//
// Read first: Head, Writer (Create, Add, Commit), Reader (Open, Lookup, Blocks), Merge. FORMAT.md has the bytes.
//
//	head       the grid, which windows, a sequence number
//	data       run run run …           a run is the rows of some series;
//	                                   a row is the blocks of one series, window behind window, each with a checksum
//	directory  counts, the lengths of the sections, checksums of the tables
//	parity     of what a damaged part of the tables is made good
//	runs       offset                  of each run
//	shards     number, first position  of each shard
//	numbers    number                  of each series, by position
//	keys       text, first tag         of each key, in order
//	tags       value                   of each tag, in order of key and value
//	refs       tags                    of each series, by position
//	postings   positions               of the series with each key and with each tag
//	hashes     positions               of the series by a hash of their tags
//	directory  again
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
// Files are mapped: what is read comes from the kernel's cache, and a page that it has dropped from the disk anew. Nobody may
// write to a file, but somebody may, and a disk may give other bytes than it got. So what is promised does not rest on pages that
// were good once. Of a file of version 3:
//
//   - A block that a Reader hands out is, bit for bit, one that was written for that series and window, or else it is lost. It is
//     copied, the copy is checked, and the copy is what the caller sees. So it is with every read, also of a page that was
//     good a moment ago.
//   - Tags, numbers and lists are right, or the file is lost. Each chunk of the tables is checked in the call that reads it, just
//     before it is read; a change that comes between the two, within a microsecond, is not seen by that call. It cannot
//     make a wrong value of a block.
//   - A checksum has 32 bits: of four billion accidents one is missed. It does not help against intent.
//   - What is damaged is lost alone. Of the data that is the block, or all blocks of the series where the lengths in its row are.
//     Of the tables it is nothing, as long as parity suffices: for 8 KB in a row, and in a file of a million series for
//     a megabyte. Beyond that it is the file. Damages names each, with the windows and series; what is lost is answered as
//     if it were not there, at once.
//   - No bytes end the process. Every offset is compared with what it points into; a page that the disk cannot give, or that is no
//     part of the file any more because that was cut off, is an error of the call that touched it, and so is an index out of range.
//
// Of versions 1 and 2, which have fewer checksums, a run of blocks is checked when one of its blocks is first read after Open, and
// not again: a page that is good once is believed while the file is open. Merging makes files of version 3 of them.
//
// Checking every block takes 40 to 60 ns of the 250 to 300 that finding and decoding it do; see ../README.md.
//
// # Numbers
//
// 100,000 series of 10 tags on 1,000 nodes, blocks of 60 slots of 2 bytes; two cores of an EPYC that others use too
// (go test -bench .):
//
//	tables, B a series                       35 (one window) to 37 (24 windows)
//	file, B a point, blocks 2.01 of it       2.71 (one window), 2.12 (24 windows)
//	writing with its fsync                   0.8 µs a series (one window), 2.7 µs (24): 190 and 1,100 MB/s
//	memory to write, B a series              60, and the texts once, and at most 8 MB
//	merging 24 files of one window           0.65-0.9 µs a block
//	open; open and look up a tag             0.13 ms; 0.35 ms
//	look up a tag; two tags; 1,000 values    26 µs; 47 µs; 52 µs
//	values of a key with 1,000, of 1 in 50   0.44 ms
//	find a series by its tags                0.3-0.4 µs and, where it is there, 0.5 µs more
//	a block, one series of ten in turn       95 ns (one window), 0.2 µs (3 of 24), copied and checked
//	canonical tags of a series               0.2-0.3 µs
//	heap of an open file                     1 KB, its keys, 0.3 B a series
//
// With the values of a fleet, 10,000 series of 100 nodes over 24 h at 60 s, a point takes 2.55 B in files of one window and
// 2.11 B in one of 24 (exact rates), or 2.09 and 1.65 B (as the Java client computes them), everything counted, in format 2;
// format 3 adds 0.13 and 0.07 B.
//
// With 1,000,000 series and 24 windows, a file of 3 GB, opening takes 3 ms and the first look-up 2 ms more.
package blockfile
