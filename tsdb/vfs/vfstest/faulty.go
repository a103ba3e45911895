package vfstest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// An Op is a kind of operation on a file system.
type Op string

// The operations that a Faulty counts. Closing a file is not among them.
const (
	OpCreate   Op = "create"
	OpOpen     Op = "open"
	OpMap      Op = "map"
	OpSize     Op = "size"
	OpRename   Op = "rename"
	OpLink     Op = "link"
	OpRemove   Op = "remove"
	OpList     Op = "list"
	OpMkdir    Op = "mkdir"
	OpSyncDir  Op = "syncdir"
	OpLock     Op = "lock"
	OpRead     Op = "read"
	OpWrite    Op = "write"
	OpSync     Op = "sync"
	OpTruncate Op = "truncate"
)

// A Call is one operation that is about to happen.
type Call struct {
	Number int // 1 is the first operation on this Faulty
	Op     Op
	Name   string // the file or directory
}

// Faulty is a file system some of whose operations fail. An operation that fails does nothing, with two
// exceptions, which are those of real disks: a write that fails with ShortWrite writes half of its bytes, and
// after a failed Sync the bytes written since the one before never become durable through that File,
// though later Syncs report success, until Truncate has cut them off.
type Faulty struct {
	under  vfs.FS
	decide func(Call) error

	mu    sync.Mutex // guards calls, and keeps decide to one caller at a time
	calls int
}

// NewFaulty wraps a file system. Before each operation decide is asked: an error makes it fail with that
// error, nil lets it pass. Decide may also look at what is under, to take a copy at that very moment.
func NewFaulty(under vfs.FS, decide func(Call) error) *Faulty {
	return &Faulty{under: under, decide: decide}
}

// Fail returns a decide function for NewFaulty that makes the operations first to last fail with err.
func Fail(first, last int, err error) func(Call) error {
	return func(c Call) error {
		if first <= c.Number && c.Number <= last {
			return err
		}
		return nil
	}
}

// ShortWrite is an error that lets a write get half way; err is its cause.
func ShortWrite(err error) error { return fmt.Errorf("%w: %w", errShortWrite, err) }

var errShortWrite = errors.New("short write")

// Calls returns how many operations there have been, failed ones included.
func (f *Faulty) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// call counts an operation and returns the error it is to fail with.
func (f *Faulty) call(op Op, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if err := f.decide(Call{Number: f.calls, Op: op, Name: name}); err != nil {
		return fmt.Errorf("%s %s (operation %d): %w", op, name, f.calls, err)
	}
	return nil
}

func (f *Faulty) Create(name string) (vfs.File, error) { return f.open(OpCreate, name, f.under.Create) }

func (f *Faulty) Open(name string) (vfs.File, error) { return f.open(OpOpen, name, f.under.Open) }

func (f *Faulty) OpenAppend(name string) (vfs.File, error) {
	return f.open(OpOpen, name, f.under.OpenAppend)
}

func (f *Faulty) open(op Op, name string, open func(string) (vfs.File, error)) (vfs.File, error) {
	if err := f.call(op, name); err != nil {
		return nil, err
	}
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	size, err := f.under.Size(name)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &faultyFile{File: file, fs: f, name: name, size: size, synced: size}, nil
}

func (f *Faulty) Map(name string) (*vfs.Mapping, error) {
	if err := f.call(OpMap, name); err != nil {
		return nil, err
	}
	return f.under.Map(name)
}

func (f *Faulty) Size(name string) (int64, error) {
	if err := f.call(OpSize, name); err != nil {
		return 0, err
	}
	return f.under.Size(name)
}

func (f *Faulty) Rename(oldName, newName string) error {
	if err := f.call(OpRename, oldName); err != nil {
		return err
	}
	return f.under.Rename(oldName, newName)
}

func (f *Faulty) Link(oldName, newName string) error {
	if err := f.call(OpLink, newName); err != nil {
		return err
	}
	return f.under.Link(oldName, newName)
}

func (f *Faulty) Remove(name string) error {
	if err := f.call(OpRemove, name); err != nil {
		return err
	}
	return f.under.Remove(name)
}

func (f *Faulty) List(dir string) ([]string, error) {
	if err := f.call(OpList, dir); err != nil {
		return nil, err
	}
	return f.under.List(dir)
}

func (f *Faulty) MkdirAll(dir string) error {
	if err := f.call(OpMkdir, dir); err != nil {
		return err
	}
	return f.under.MkdirAll(dir)
}

func (f *Faulty) SyncDir(dir string) error {
	if err := f.call(OpSyncDir, dir); err != nil {
		return err
	}
	return f.under.SyncDir(dir)
}

func (f *Faulty) Lock(name string) (vfs.Lock, error) {
	if err := f.call(OpLock, name); err != nil {
		return nil, err
	}
	return f.under.Lock(name)
}

// faultyFile passes on to File; size and synced are lengths in bytes, now and at the last good Sync.
type faultyFile struct {
	vfs.File
	fs           *Faulty
	name         string
	size, synced int64
	forgotten    bool // a Sync failed: the bytes from synced on will not become durable
}

func (f *faultyFile) ReadAt(p []byte, offset int64) (int, error) {
	if err := f.fs.call(OpRead, f.name); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, offset)
}

func (f *faultyFile) Write(p []byte) (int, error) {
	failure := f.fs.call(OpWrite, f.name)
	if failure != nil && !errors.Is(failure, errShortWrite) {
		return 0, failure
	}
	if failure != nil {
		p = p[:len(p)/2]
	}
	n, err := f.File.Write(p)
	f.size += int64(n)
	return n, errors.Join(failure, err)
}

func (f *faultyFile) Sync() error {
	if err := f.fs.call(OpSync, f.name); err != nil {
		f.forgotten = true
		return err
	}
	if f.forgotten {
		return nil
	}
	f.synced = f.size
	return f.File.Sync()
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.fs.call(OpTruncate, f.name); err != nil {
		return err
	}
	f.size = size
	if size <= f.synced {
		f.synced, f.forgotten = size, false
	}
	return f.File.Truncate(size)
}
