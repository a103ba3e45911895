package vfs

import (
	"errors"
	"io"
)

// ErrLocked reports a lock that another process, or another owner in this one, holds.
var ErrLocked = errors.New("held by another process")

// ErrLockLost reports a lock whose name stands for another file by now, or for none.
var ErrLockLost = errors.New("the file of the lock was removed, moved or replaced")

// An FS is a file system. Names are paths as package path/filepath has them. Errors match fs.ErrExist and
// fs.ErrNotExist where they mean that. Its methods may be called by several goroutines.
type FS interface {
	// Create makes a new, empty file for writing and reading. An existing one is fs.ErrExist: nothing of
	// ours is ever overwritten in place.
	Create(name string) (File, error)
	// Open opens a file for reading.
	Open(name string) (File, error)
	// OpenAppend opens an existing file for writing at its end, and for reading.
	OpenAppend(name string) (File, error)
	// Map returns the content of a file as memory. Its holder closes it; the file may be renamed or
	// removed before that.
	Map(name string) (*Mapping, error)
	// Size returns the length of a file in bytes.
	Size(name string) (int64, error)

	// Rename gives a file another name in the same directory and replaces the file that had it.
	Rename(oldName, newName string) error
	// Link gives a file a second name, in any directory. An existing one is fs.ErrExist.
	Link(oldName, newName string) error
	Remove(name string) error
	// List returns the names, without the directory, of what is in it, sorted.
	List(dir string) ([]string, error)
	// MkdirAll makes a directory and those above it that are missing. They are durable when it returns.
	MkdirAll(dir string) error
	// SyncDir makes durable which files the directory holds; File.Sync does that for what is in them.
	SyncDir(dir string) error

	// Lock takes the lock that name stands for and makes the file if it is missing. Closing gives it up, and
	// so does the end of the process, however it ends. A lock held elsewhere is ErrLocked.
	Lock(name string) (Lock, error)
}

// A Lock is held until it is closed.
type Lock interface {
	io.Closer
	// Held returns nil while the name of the lock still stands for the file that was locked. Its error is ErrLockLost
	// once the file was removed, moved or replaced, with its directory perhaps: then another process may hold a lock
	// of that name.
	Held() error
}

// A File is an open file. One goroutine writes; any may read.
type File interface {
	io.ReaderAt
	// Write appends at the end of the file. After an error any prefix may have been written.
	io.Writer
	io.Closer
	// Sync makes durable what was written. After an error nothing is known of the bytes written since the
	// Sync before, and a later success says nothing about them: the kernel may have dropped them.
	Sync() error
	// Truncate makes the file shorter; writing goes on at its new end.
	Truncate(size int64) error
}
