package tsdb

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// FormatVersion is the version of the data directory that this program writes. It reads every
// version from 1 on.
const FormatVersion = 1

// A Layout is what a data directory was made with and keeps for ever; it is the content of meta.json.
type Layout struct {
	Format      int    `json:"format"`
	Step        string `json:"step"` // as time.Duration prints it
	WindowSlots int    `json:"slots_per_window"`
	Shards      int    `json:"shards"`
	// Instance is a random name of this directory, the same for all its life.
	Instance string `json:"instance"`
}

// layoutFile is the name of the file with the Layout.
const layoutFile = "meta.json"

// A Dir is a data directory that this process holds:
//
//	meta.json        Layout
//	lock             held while a process uses the directory
//	default/wal/     the log of the namespace "default"
//	default/blocks/  its block files
//	snapshots/       data directories made by Snapshot
type Dir struct {
	Layout Layout
	fs     vfs.FS
	path   string
	lock   vfs.Lock
}

var (
	// ErrInUse reports a data directory that another process holds.
	ErrInUse = errors.New("another process is using it; stop that one or choose another --data")
	// ErrLayout reports a data directory made with other settings, or by a newer program.
	ErrLayout = errors.New("data directory does not fit")
)

// OpenDir takes the data directory at path, making it where there is none, for data on a grid of step.
// Its error is ErrInUse or ErrLayout where those apply, and names the way out.
func OpenDir(fsys vfs.FS, path string, step time.Duration) (*Dir, error) {
	if err := fsys.MkdirAll(path); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", path, err)
	}
	lock, err := fsys.Lock(filepath.Join(path, "lock"))
	if errors.Is(err, vfs.ErrLocked) {
		return nil, fmt.Errorf("data directory %s: %w", path, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", path, err)
	}
	d := &Dir{fs: fsys, path: path, lock: lock}
	if err := d.readLayout(step); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return d, nil
}

// maxMetaBytes is far more than a Layout takes.
const maxMetaBytes = 1 << 16

func (d *Dir) readLayout(step time.Duration) error {
	name := filepath.Join(d.path, layoutFile)
	data, err := vfs.ReadFile(d.fs, name, maxMetaBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return d.writeLayout(name, step)
	}
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&d.Layout); err != nil {
		return fmt.Errorf("%w: %s is damaged (%w); put back a copy of it or choose another --data", ErrLayout, name, err)
	}
	return d.Layout.check(name, step)
}

func (d *Dir) writeLayout(name string, step time.Duration) error {
	d.Layout = Layout{
		Format:      FormatVersion,
		Step:        step.String(),
		WindowSlots: DefaultWindowSlots,
		Shards:      DefaultShards,
		Instance:    rand.Text(),
	}
	data, err := json.MarshalIndent(d.Layout, "", "  ")
	if err != nil {
		return err
	}
	return vfs.ReplaceFile(d.fs, name, append(data, '\n'))
}

// check refuses a layout that this process cannot work with.
func (l Layout) check(name string, step time.Duration) error {
	if l.Format < 1 || l.Format > FormatVersion {
		return fmt.Errorf("%w: %s has format %d and this program reads 1 to %d; use the newer program that wrote it",
			ErrLayout, name, l.Format, FormatVersion)
	}
	made, err := time.ParseDuration(l.Step)
	if err != nil {
		return fmt.Errorf("%w: %s: step: %w", ErrLayout, name, err)
	}
	if l.Shards < 1 || l.Shards > maxShards || l.WindowSlots < 1 || l.WindowSlots > maxWindowSlots || l.Instance == "" {
		return fmt.Errorf("%w: %s is damaged (%d shards, %d slots per window, instance %q); put back a copy of it or choose another --data",
			ErrLayout, name, l.Shards, l.WindowSlots, l.Instance)
	}
	if made != step {
		return fmt.Errorf("%w: %s was made with --step %s and this process wants %s; start with --step %s or choose another --data",
			ErrLayout, name, made, step, made)
	}
	return nil
}

// LogPath returns the directory of a namespace's log.
func (d *Dir) LogPath(namespace string) string { return filepath.Join(d.path, namespace, "wal") }

// BlockPath returns the directory of a namespace's block files.
func (d *Dir) BlockPath(namespace string) string { return filepath.Join(d.path, namespace, "blocks") }

// Config returns the configuration of a namespace's DB without its log.
func (d *Dir) Config() Config {
	step, _ := time.ParseDuration(d.Layout.Step) // checked when the layout was read
	return Config{Step: step, WindowSlots: d.Layout.WindowSlots, Shards: d.Layout.Shards}
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
