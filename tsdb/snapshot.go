package tsdb

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// Snapshot makes a data directory below this one that has all that db, the DB of a namespace, had acknowledged when it
// was called, and returns its path. The files are the same, under second names: it takes no space until the originals
// are dropped, and a copy of it is a backup. It waits for a Maintain that is under way, which may be merging files for a
// minute. A DB opened on it answers as db does at this moment.
//
//	snapshots/20261122T184500.000Z/    meta.json, default/wal/…, default/blocks/…
func (d *Dir) Snapshot(namespace string, db *DB, now time.Time) (path string, err error) {
	db.upkeep.maintaining.Lock() // no file is removed meanwhile
	defer db.upkeep.maintaining.Unlock()
	upTo, err := db.upkeep.rotate()
	if err != nil {
		return "", fmt.Errorf("snapshot: %w", err)
	}
	path = filepath.Join(d.path, "snapshots", now.UTC().Format("20060102T150405.000Z"))
	isClosed := func(name string) bool { return wal.IsSegmentBefore(name, upTo) }
	isBlocks := func(name string) bool { return strings.HasSuffix(name, blockSuffix) }
	isLayout := func(name string) bool { return name == datadir.LayoutFile }
	for _, part := range []struct {
		from, to string
		want     func(name string) bool
	}{
		{d.LogPath(namespace), filepath.Join(path, namespace, "wal"), isClosed},
		{d.BlockPath(namespace), filepath.Join(path, namespace, "blocks"), isBlocks},
		{d.path, path, isLayout}, // last: without it, it is no data directory
	} {
		if err := linkAll(d.fs, part.from, part.to, part.want); err != nil {
			return "", fmt.Errorf("snapshot %s: %w", path, err)
		}
	}
	return path, nil
}

// linkAll gives the wanted files of a directory a second name in another, which it makes.
func linkAll(fsys vfs.FS, from, to string, want func(name string) bool) error {
	if err := fsys.MkdirAll(to); err != nil {
		return err
	}
	names, err := fsys.List(from)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !want(name) {
			continue
		}
		if err := fsys.Link(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return fsys.SyncDir(to)
}
