package tsdb

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A blockDir is the directory of a DB's block files, one for each window that has been written there. Its methods are
// called before Start, and by Maintain.
type blockDir struct {
	fsys   vfs.FS
	path   string
	grid   grid
	logger *slog.Logger
	files  map[int64]*windowFile // by window
}

const blockSuffix = ".blk"

// name returns the name of the file of a window as of a position of the log.
func (d *blockDir) name(window int64, upTo wal.Position) string {
	return filepath.Join(d.path, fmt.Sprintf("%d-%016x%s", window, uint64(upTo), blockSuffix))
}

// open opens all files. A bad one is set aside and reported; of two of one window, which a crash leaves, the older one is
// removed. The error is one of the file system, or blockfile.ErrNewer.
func (d *blockDir) open() error {
	if err := d.fsys.MkdirAll(d.path); err != nil {
		return fmt.Errorf("block files %s: %w", d.path, err)
	}
	names, err := d.fsys.List(d.path)
	if err != nil {
		return fmt.Errorf("block files %s: %w", d.path, err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, blockSuffix) {
			continue // a file set aside, or one that was not finished
		}
		f, err := d.openFile(filepath.Join(d.path, name))
		if errors.Is(err, blockfile.ErrDamaged) {
			if err := d.setAside(filepath.Join(d.path, name), err); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if other := d.files[f.window]; other != nil && other.upTo > f.upTo {
			f, other = other, f
			d.files[f.window] = f
			err = d.remove(other)
		} else if d.files[f.window] = f; other != nil {
			err = d.remove(other)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// openFile opens one file of the DB's grid. A file of another grid is as bad as a damaged one.
func (d *blockDir) openFile(name string) (*windowFile, error) {
	r, err := blockfile.Open(d.fsys, name)
	if err != nil {
		return nil, err
	}
	if h := r.Head(); h.StepMillis != d.grid.step || h.Slots != d.grid.width || h.Windows != 1 {
		return nil, errors.Join(fmt.Errorf("%w: %s has %d windows of %d slots of %d ms, want one of %d of %d ms",
			blockfile.ErrDamaged, name, h.Windows, h.Slots, h.StepMillis, d.grid.width, d.grid.step), r.Close())
	}
	return newWindowFile(r), nil
}

// setAside gives a bad file a name under which it is not opened.
func (d *blockDir) setAside(name string, reason error) error {
	aside, err := blockfile.Quarantine(d.fsys, name)
	if err != nil {
		return err
	}
	d.logger.Error("a block file is bad and was set aside; what it held is missing", "error", reason, "file", aside)
	return nil
}

// remove closes and removes a file that nobody reads any more.
func (d *blockDir) remove(f *windowFile) error {
	return errors.Join(f.reader.Close(), d.fsys.Remove(f.reader.Name()))
}

// write makes the file of a window of all shards, as of a position of the log. parts has a window per shard, nil where
// there is none. The error is blockfile.ErrEmpty if there is no block at all.
func (d *blockDir) write(window int64, upTo wal.Position, parts []baseWindow, shards []*shard) (*windowFile, error) {
	name := d.name(window, upTo)
	w, err := blockfile.Create(d.fsys, name, blockfile.Head{
		StepMillis: d.grid.step, Slots: d.grid.width, First: window, Windows: 1, Sequence: uint64(upTo),
	})
	if err != nil {
		return nil, err
	}
	for i, part := range parts {
		if part == nil {
			continue
		}
		if err := addPart(w, shards[i], part); err != nil {
			return nil, errors.Join(err, w.Abort())
		}
	}
	if _, err := w.Commit(); err != nil {
		return nil, err
	}
	return d.openFile(name)
}

// addPart adds the series of a shard, but for those whose tags are lost: nobody can ask for them.
func addPart(w *blockfile.Writer, s *shard, part baseWindow) error {
	var failed error
	var block []byte
	part.series(func(number uint32) {
		if failed != nil {
			return
		}
		var tags canonical
		if tags, failed = s.tagsIn(number, part); failed != nil || tags == lost {
			return
		}
		if block, failed = part.appendBlock(block[:0], number); failed == nil {
			failed = w.Add(s.number, number, []byte(tags), [][]byte{block})
		}
	})
	if below := filePart(part); failed == nil && below != nil && below.file.bad.Load() {
		return fmt.Errorf("%w: %s, which the new file is to replace", blockfile.ErrDamaged, below.file.reader.Name())
	}
	return failed
}

// close closes all files.
func (d *blockDir) close() error {
	var errs []error
	for _, f := range d.files {
		errs = append(errs, f.reader.Close())
	}
	clear(d.files)
	return errors.Join(errs...)
}
