package tsdb

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A Dir is a data directory that this process holds; package datadir draws it.
type Dir struct {
	Layout datadir.Layout
	fs     vfs.FS
	path   string
	lock   vfs.Lock
}

var (
	// ErrInUse reports a data directory that another process holds.
	ErrInUse = datadir.ErrInUse
	// ErrLayout reports a data directory made with other settings or by a newer program, or one whose files are not of
	// one directory.
	ErrLayout = datadir.ErrLayout
)

// Schema returns what package datadir has to know of the store.
func Schema() datadir.Schema { return datadir.Schema{Describe: describe, ShardOf: shardOf} }

// DirLayout returns the layout of a directory that is made for a step.
func DirLayout(step time.Duration) datadir.Layout {
	return datadir.Layout{
		Format: datadir.FormatVersion, Step: step.String(),
		WindowSlots: DefaultWindowSlots, Shards: DefaultShards, Instance: rand.Text(),
	}
}

// OpenDir takes the data directory at path, making it where there is none, for data on a grid of step.
//
// Its error is ErrInUse or ErrLayout where those apply, and names the way out. A directory that is refused is as it was: it
// is looked at before anything is made, even the lock.
func OpenDir(fsys vfs.FS, path string, step time.Duration) (*Dir, error) {
	layout, err := checkDir(fsys, path, step)
	if err != nil {
		return nil, err
	}
	if err := fsys.MkdirAll(path); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", path, err)
	}
	lock, err := datadir.Lock(fsys, path)
	if err != nil {
		return nil, err
	}
	d := &Dir{fs: fsys, path: path, lock: lock}
	if layout == nil { // unless somebody was faster
		layout, err = checkDir(fsys, path, step)
	}
	switch {
	case err != nil:
	case layout != nil:
		d.Layout = *layout
	default:
		d.Layout, err = datadir.Write(fsys, path, DirLayout(step))
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return d, nil
}

// checkDir returns the layout of a directory that fits, and nil where it may be made. It changes nothing.
func checkDir(fsys vfs.FS, path string, step time.Duration) (*datadir.Layout, error) {
	var layout *datadir.Layout
	read, err := datadir.Read(fsys, path)
	switch {
	case err == nil:
		layout = &read
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	survey, err := datadir.NewSurvey(fsys, path, Schema(), false)
	if err != nil {
		return nil, err
	}
	if err := survey.Check(layout); err != nil || layout == nil {
		return nil, err
	}
	return layout, layout.CheckStep(path, step)
}

// LogPath returns the directory of a namespace's log.
func (d *Dir) LogPath(namespace string) string { return datadir.LogPath(d.path, namespace) }

// BlockPath returns the directory of a namespace's block files.
func (d *Dir) BlockPath(namespace string) string { return datadir.BlockPath(d.path, namespace) }

// Config returns the configuration of a namespace's DB without its log.
func (d *Dir) Config() Config {
	return Config{Step: d.Layout.StepDuration(), WindowSlots: d.Layout.WindowSlots, Shards: d.Layout.Shards}
}

// LogConfig returns the configuration of a namespace's log, whose segments say which directory they are of.
func (d *Dir) LogConfig(namespace string) wal.Config {
	return wal.Config{FS: d.fs, Dir: d.LogPath(namespace), Origin: d.Layout.Origin()}
}

// Held returns an error once the directory is not this process's any more: it or its lock was removed, moved or
// replaced, and another process may have taken what is there now.
func (d *Dir) Held() error {
	if err := d.lock.Held(); err != nil {
		return fmt.Errorf("data directory %s: %w; stop this process, put the directory back and start again", d.path, err)
	}
	return nil
}

// Close gives the directory up.
func (d *Dir) Close() error { return d.lock.Close() }
