package tsdb

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// MaxSnapshots is how many snapshots are kept: each holds the space of files that the server has dropped since.
const MaxSnapshots = 32

// ErrTooManySnapshots reports that MaxSnapshots are there already.
var ErrTooManySnapshots = fmt.Errorf("there are %d snapshots; copy and remove those that are not needed any more", MaxSnapshots)

// Snapshot makes a data directory below this one that has all that db, the DB of a namespace, had acknowledged when it
// was called, and returns its path. The files are the same, under second names: it takes no space until the originals
// are dropped, and a copy of it is a backup. It waits for a Maintain that is under way, which may be merging files for a
// minute, and for the snapshots before it. A DB opened on it answers as db does at this moment. Its error is
// ErrTooManySnapshots where that applies; what a snapshot that failed has linked is removed.
//
//	snapshots/20261122T184500.000Z/    meta.json, default/wal/…, default/blocks/…
//
// The name is the time now, or as many milliseconds later as it takes to be a new one.
func (d *Dir) Snapshot(namespace string, db *DB, now time.Time) (path string, err error) {
	db.maintenance.maintaining.Lock() // no file is removed meanwhile
	defer db.maintenance.maintaining.Unlock()
	if path, err = d.snapshotPath(now); err != nil {
		return "", fmt.Errorf("snapshot: %w", err)
	}
	upTo, err := db.maintenance.rotate()
	if err != nil {
		return "", fmt.Errorf("snapshot: %w", err)
	}
	isClosed := func(name string) bool { return wal.IsSegmentBefore(name, upTo) }
	isBlocks := func(name string) bool { return strings.HasSuffix(name, blockSuffix) }
	isLayout := func(name string) bool { return name == datadir.LayoutFile }
	made := links{fs: d.fs}
	for _, part := range []struct {
		from, to string
		want     func(name string) bool
	}{
		{d.LogPath(namespace), filepath.Join(path, namespace, "wal"), isClosed},
		{d.BlockPath(namespace), filepath.Join(path, namespace, "blocks"), isBlocks},
		{d.path, path, isLayout}, // last: without it, it is no data directory
	} {
		if err := made.add(part.from, part.to, part.want); err != nil {
			made.remove()
			return "", fmt.Errorf("snapshot %s: %w", path, err)
		}
	}
	return path, nil
}

// snapshotPath returns the directory of a new snapshot.
func (d *Dir) snapshotPath(now time.Time) (string, error) {
	all := filepath.Join(d.path, "snapshots")
	names, err := d.fs.List(all)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if len(names) >= MaxSnapshots {
		return "", fmt.Errorf("%s: %w", all, ErrTooManySnapshots)
	}
	for ; ; now = now.Add(time.Millisecond) {
		if name := now.UTC().Format("20060102T150405.000Z"); !slices.Contains(names, name) {
			return filepath.Join(all, name), nil
		}
	}
}

// links are second names of files, in directories made for them.
type links struct {
	fs          vfs.FS
	names       []string
	directories []string
}

// add gives the wanted files of a directory a second name in another, which it makes.
func (l *links) add(from, to string, want func(name string) bool) error {
	if err := l.fs.MkdirAll(to); err != nil {
		return err
	}
	l.directories = append(l.directories, to)
	names, err := l.fs.List(from)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !want(name) {
			continue
		}
		second := filepath.Join(to, name)
		if err := l.fs.Link(filepath.Join(from, name), second); err != nil {
			return err
		}
		l.names = append(l.names, second)
	}
	return l.fs.SyncDir(to)
}

// remove takes the names away again. It does what it can: what is left is no data directory.
func (l *links) remove() {
	for _, name := range l.names {
		_ = l.fs.Remove(name)
	}
	for _, dir := range slices.Backward(l.directories) {
		_ = l.fs.Remove(dir)
		_ = l.fs.Remove(filepath.Dir(dir)) // of the namespace, or all of the snapshot, once it is empty
		_ = l.fs.Remove(filepath.Dir(filepath.Dir(dir)))
	}
}
