// Package vfs is the seam between the store and the file system: what the log, the block files and
// meta.json need of a disk, and no more.
//
// Read FS and File first. OS is the file system of the machine; package vfstest has its twin in memory, and one
// that fails where a test wants it to.
//
// # What survives what
//
//	                                      kill -9        power loss
//	bytes written                         yes            perhaps a prefix, perhaps with zeros at its end
//	bytes written, File.Sync              yes            yes, if the file's entry survives
//	file created, renamed or removed      yes            perhaps; a directory's changes survive in order
//	the same, FS.SyncDir of its parent    yes            yes
//	directory made by FS.MkdirAll         yes            yes
//
// A file system may keep more than this. Code that needs no more than this is right on all of them.
//
// Files are written only at their end: logs and block files are, and it keeps the rules above short.
package vfs
