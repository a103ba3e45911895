// Package wal is one log of typed, versioned records and its replay. Whatever must survive a crash (new
// series, points, alert states, notifications, documents) is a Record here before it is anything else, so
// that one replay restores all of it, in order.
//
// Read first: Record, Log (Open, Replay, Append), Position. The interface is append, replay, drop;
// a log replicated between machines has to offer no more. Walk reads one file without a Log.
//
// # Format, version 2
//
// A log is a directory of segments, 00000001.wal and so on. All numbers are little-endian.
//
//	segment    magic      version  number   previous   crc      origin   crc      record record ...
//	bytes      8          4        4        8          4        48       4
//	           "TELAWAL\n" 2       as in    Position   CRC-32C of the 24    CRC-32C of the 76
//	                               the name            bytes before         bytes before
//
//	origin     step       slots of a window   shards   instance
//	bytes      8, in ms   4                   4        32, filled up with 0
//
//	record     length     type     version  check      crc      body
//	bytes      4          1        1        2          4        length, at most 16 MiB
//
//	check      the two halves, XORed, of the CRC-32C of length, type and version
//	crc        the same CRC-32C continued over the body
//
// The origin says which data directory the segment was written for; all of it is 0 where nobody said. Version 1 has
// neither origin nor second crc: its records begin behind the first. A version that this program does not know
// is told from damage by the first crc, which all have.
//
// Both checksums of a record start from its position (its segment's number and its offset) instead of from
// 0. So bytes that look like a record, because a body holds a piece of a log or a disk put a block in the
// wrong place, are none where they lie. The check lets a reader who lost its way test a place without
// reading the 16 MiB that a wrong length may promise.
//
// Previous is where the log before this segment ends: everything behind that position and before
// this segment is void. It is what a failed write left, or the torn tail of a crash.
//
// # Writing
//
// Append copies its records into the gathering group and waits. One goroutine takes the group, writes it with
// one write, syncs once and answers all who wait; meanwhile the next group gathers. There is no timer:
// a lone caller pays one fsync, sixteen share one.
//
//	Append ─┐
//	Append ─┼─► gathering group ──take──► write, fsync ──► all return
//	Append ─┘   (at most QueueBytes)      (one at a time)
//
// # Failure
//
// A segment in which a write or an fsync failed is never written again, because after a failed fsync the
// kernel may drop the bytes and report success for the next one. The group goes to a new segment. If that
// fails as well, every caller of the group gets the error (ErrFull when the disk is full) and the log
// stays usable: the next group tries with a new segment again.
//
// What is promised:
//
//   - Append returned nil: its records are replayed after any crash, in the order of acknowledgement.
//   - Append returned an error: its records are not replayed, in any later life of the log. They are cut
//     off the failed segment at once, and the next segment's previous leaves them out in any case. One
//     hole remains: if cutting off fails too, and the process ends before a segment could be made, the
//     failed records that did reach the disk are replayed.
//   - Append had not returned: each of its records is replayed or not. The unit is the record: a disk
//     that writes out of order may keep the second record of one Append and lose the first.
//
// Bytes that are no record are reported with file, offset and extent, to the Logger and in Stats, and
// skipped up to the next record. At the end of the log they are its torn tail, which is cut.
//
// # Napkin
//
// 12 bytes a record; for a batch of 1,000 points of about 12 bytes that is 0.1 %. Copying and checksums run
// at 7 GB/s for such a batch, and 1.2 M points/s are 15 MB/s, so the fsync is all there is: 0.2-2 ms on a
// cloud disk, 500 groups a second and more. A lone caller adds 0.9 µs of goroutine switches. Memory: two
// groups of at most QueueBytes. Replay takes 40 ns per small record and 5 GB/s for large ones, before they are
// applied, and holds a window of 256 KiB or the largest record. (BenchmarkAppend, BenchmarkReplay.)
package wal
