// Package datadir knows what a data directory is made with, and whether the files in it agree with that.
//
// Read first: Layout, the content of meta.json; Survey, what all the other files say.
//
//	meta.json        Layout: step, slots per window, shards, instance, under a checksum
//	lock             held while a process uses the directory
//	default/wal/     segments of the log; each says all four in its head, but for those of format version 1
//	default/blocks/  block files; each says step and slots, and its series tell the number of shards
//	snapshots/       data directories of their own
//
// On another step every slot of the log and of the files is another time; with other shards series are not found, and
// with other slots windows are not. So who opens a directory compares before anything in it is changed: Survey only
// reads. What was lost with meta.json is had again from the same files (Survey.Restore).
//
// The package knows neither the records of the log nor how series are spread over shards: a Schema tells it.
package datadir
