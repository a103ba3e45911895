package datadir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// FormatVersion is the version of the data directory that this program writes. It reads every version from 1 on; 1 has
// no checksum.
const FormatVersion = 2

// LayoutFile is the name of the file with the Layout.
const LayoutFile = "meta.json"

// Bounds of a Layout.
const (
	MaxShards      = 1 << 10
	MaxWindowSlots = 360
)

// maxLayoutBytes is far more than a Layout takes.
const maxLayoutBytes = 1 << 16

// ErrLayout reports a data directory made with other settings, or by a newer program, or whose files are not of one
// directory.
var ErrLayout = errors.New("data directory does not fit")

// A Layout is what a data directory was made with and keeps for ever; it is the content of meta.json.
type Layout struct {
	Format      int    `json:"format"`
	Step        string `json:"step"` // as time.Duration prints it
	WindowSlots int    `json:"slots_per_window"`
	Shards      int    `json:"shards"`
	// Instance is a random name of this directory, the same for all its life.
	Instance string `json:"instance"`
	// Checksum is the CRC-32C of the other fields in hexadecimal digits; "" in format version 1.
	Checksum string `json:"checksum,omitempty"`
}

// StepDuration returns the step, 0 where the text is none.
func (l Layout) StepDuration() time.Duration {
	step, err := time.ParseDuration(l.Step)
	if err != nil {
		return 0
	}
	return step
}

// Origin returns what segments of the log say of a directory with this layout.
func (l Layout) Origin() wal.Origin {
	return wal.Origin{
		StepMillis: l.StepDuration().Milliseconds(), WindowSlots: l.WindowSlots, Shards: l.Shards, Instance: l.Instance,
	}
}

// sum returns the checksum of the layout.
func (l Layout) sum() string {
	text := fmt.Sprintf("%d %s %d %d %s", l.Format, l.Step, l.WindowSlots, l.Shards, l.Instance)
	return fmt.Sprintf("%08x", crc32.Checksum([]byte(text), crc32.MakeTable(crc32.Castagnoli)))
}

// Read reads the layout of the directory at path. The error is fs.ErrNotExist where there is none, ErrLayout where
// it is damaged or of a newer program, or one of the file system.
func Read(fsys vfs.FS, path string) (Layout, error) {
	name := filepath.Join(path, LayoutFile)
	data, err := vfs.ReadFile(fsys, name, maxLayoutBytes)
	if err != nil {
		return Layout{}, fmt.Errorf("data directory %s: %w", path, err)
	}
	l, err := parse(data)
	if errors.Is(err, errNewer) {
		return Layout{}, fmt.Errorf("%w: %s has %w; use the newer program that wrote it", ErrLayout, name, err)
	}
	if err != nil {
		return Layout{}, fmt.Errorf("%w: %s is damaged (%w); put back a copy of it, restore it with %s, or choose another --data",
			ErrLayout, name, err, restoreCommand(path))
	}
	return l, nil
}

// restoreCommand is the way out where there is no good meta.json.
func restoreCommand(path string) string {
	return fmt.Sprintf("\"telamon inspect --rebuild-meta %s\"", path)
}

var errNewer = errors.New("a newer format")

func parse(data []byte) (l Layout, err error) {
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&l); err != nil {
		return l, err
	}
	switch step := l.StepDuration(); {
	case l.Format > FormatVersion:
		return l, fmt.Errorf("%w, %d, and this program reads 1 to %d", errNewer, l.Format, FormatVersion)
	case l.Format < 1:
		return l, fmt.Errorf("format %d", l.Format)
	case (l.Format > 1 || l.Checksum != "") && l.Checksum != l.sum():
		return l, fmt.Errorf("checksum %q is not that of its content, %s", l.Checksum, l.sum())
	case step < time.Millisecond || step%time.Millisecond != 0:
		return l, fmt.Errorf("step %q", l.Step)
	case l.Shards < 1 || l.Shards > MaxShards, l.WindowSlots < 1 || l.WindowSlots > MaxWindowSlots,
		l.Instance == "" || len(l.Instance) > wal.MaxInstanceBytes:
		return l, fmt.Errorf("%d shards, %d slots per window, instance %.100q", l.Shards, l.WindowSlots, l.Instance)
	}
	return l, nil
}

// Write makes l the layout of the directory at path, in the newest format.
func Write(fsys vfs.FS, path string, l Layout) (Layout, error) {
	l.Format = FormatVersion
	l.Checksum = l.sum()
	data, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return l, err
	}
	return l, vfs.ReplaceFile(fsys, filepath.Join(path, LayoutFile), append(data, '\n'))
}

// CheckStep refuses a layout of another step than a process was started with.
func (l Layout) CheckStep(path string, step time.Duration) error {
	if made := l.StepDuration(); made != step {
		return fmt.Errorf("%w: %s was made with --step %s and this process wants %s; start with --step %s or choose another --data",
			ErrLayout, filepath.Join(path, LayoutFile), made, step, made)
	}
	return nil
}

// isAbsent reports whether err says that there is no such file.
func isAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
