package tsdb

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/grid"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A blockDir is the directory of a DB's block files. Its methods are called before Start, and by Maintain.
//
// A window that was written to a file has one in force, the greatest of those that have it by compareFiles. The others
// are what a crash has left, or merged files that are in force for other windows:
//
//	window     0   1   2   3   …  23      24    25
//	merged   ┌──────────────────────┐   ┌────┐┌────┐  files of one window; merging.go makes one of 24
//	         └──────────────────────┘   └────┘└────┘
//	later            ┌───┐                            a file in its place, since there were late values
//	                 └───┘
//
// A file that is in force for no window is removed, and one without series is in force like any other: its windows are
// empty, whatever the files below it have.
type blockDir struct {
	fsys   vfs.FS
	path   string
	grid   grid.Grid
	logger *slog.Logger
	files  map[int64]*windowFile // the one in force, by window

	damage *damageNotes

	refileBytes int64     // defaultRefileBytes
	filedAt     time.Time // when windows were last written to files
	merging     mergeState
}

const blockSuffix = ".blk"

// name returns the name of a file of some windows as of a position of the log. Nothing is read from names while their files
// can be; older ones lack the number of windows.
func (d *blockDir) name(head blockfile.Head) string {
	return filepath.Join(d.path, fmt.Sprintf("%d+%d-%016x%s", head.First, head.Windows, head.Sequence, blockSuffix))
}

// head returns the head of a file of some windows as of a position of the log.
func (d *blockDir) head(first int64, windows int, upTo wal.Position) blockfile.Head {
	return blockfile.Head{
		StepMillis: d.grid.StepMillis, Slots: d.grid.Width, First: first, Windows: windows, Sequence: uint64(upTo),
	}
}

// open opens all files. A bad one is set aside and reported; what a crash has left, files that were not finished and
// those that are in force for no window, is removed. The error is one of the file system, ErrLayout or blockfile.ErrNewer.
func (d *blockDir) open() error {
	if err := d.fsys.MkdirAll(d.path); err != nil {
		return fmt.Errorf("block files %s: %w", d.path, err)
	}
	names, err := d.fsys.List(d.path)
	if err != nil {
		return fmt.Errorf("block files %s: %w", d.path, err)
	}
	var all []*windowFile
	var bad []string
	for _, name := range names {
		f, err := d.openNamed(name)
		switch {
		case errors.Is(err, blockfile.ErrDamaged):
			bad = append(bad, name)
			d.countLost(name, err)
			err = d.setAside(filepath.Join(d.path, name), err)
		case f != nil:
			all = append(all, f)
		}
		if err != nil {
			return errors.Join(err, closeFiles(all))
		}
	}
	slices.SortFunc(all, compareFiles)
	for _, f := range all { // a greater one takes the place of those before
		for window := f.first; window <= f.last; window++ {
			d.files[window] = f
		}
	}
	for _, name := range bad {
		if head, ok := d.headOf(name); ok {
			d.leaveGap(head)
		}
	}
	return d.retire(all...)
}

// countLost counts a file that cannot be opened. Its name tells of which windows.
func (d *blockDir) countLost(name string, reason error) {
	lost := Damage{Found: d.damage.now(), Cause: reason.Error(), Lost: "the whole file", Whole: true}
	if head, ok := d.headOf(name); ok {
		lost.From, _ = d.grid.Bounds(head.First)
		_, lost.To = d.grid.Bounds(head.Last())
	}
	d.damage.keep(lost, blockfile.Damage{Whole: true})
}

// openNamed opens what has a name in the directory: nil if it is no block file.
func (d *blockDir) openNamed(name string) (*windowFile, error) {
	path := filepath.Join(d.path, name)
	if blockfile.IsTemporary(name) {
		return nil, d.fsys.Remove(path)
	}
	if !strings.HasSuffix(name, blockSuffix) {
		return nil, nil // set aside
	}
	return d.openFile(path)
}

// openFile opens one file of the DB's grid. A file of another grid is ErrLayout: it is good, and what is wrong is the grid, or
// the place where it lies.
func (d *blockDir) openFile(name string) (*windowFile, error) {
	r, err := blockfile.Open(d.fsys, name)
	if err != nil {
		return nil, err
	}
	h := r.Head()
	if h.StepMillis != d.grid.StepMillis || h.Slots != d.grid.Width {
		return nil, errors.Join(fmt.Errorf("%w: %s has windows of %d slots of %d ms, want %d of %d ms",
			ErrLayout, name, h.Slots, h.StepMillis, d.grid.Width, d.grid.StepMillis), r.Close())
	}
	if named, ok := d.headOf(filepath.Base(name)); ok && named != h {
		return nil, errors.Join(fmt.Errorf("%w: %s has what belongs into %s", blockfile.ErrDamaged, name, filepath.Base(d.name(h))), r.Close())
	}
	r.OnDamage(func(found blockfile.Damage) { d.damage.add(h, found) })
	return newWindowFile(r), nil
}

// all returns the files that are in force for some window, the greatest last.
func (d *blockDir) all() []*windowFile {
	seen := make(map[*windowFile]bool)
	var all []*windowFile
	for _, f := range d.files {
		if !seen[f] {
			seen[f] = true
			all = append(all, f)
		}
	}
	slices.SortFunc(all, compareFiles)
	return all
}

// isEmpty reports whether no file is in force for a window, or one without series.
func (d *blockDir) isEmpty(window int64) bool {
	f := d.files[window]
	return f == nil || f.reader.Len() == 0
}

// windowsOf returns the windows that f is in force for, ascending.
func (d *blockDir) windowsOf(f *windowFile) (windows []int64) {
	for window := f.first; window <= f.last; window++ {
		if d.files[window] == f {
			windows = append(windows, window)
		}
	}
	return windows
}

// put brings a file into force for all its windows, and removes those that are in force for none any more.
func (d *blockDir) put(f *windowFile) error {
	var before []*windowFile
	for window := f.first; window <= f.last; window++ {
		if old := d.files[window]; old != nil && !slices.Contains(before, old) {
			before = append(before, old)
		}
		d.files[window] = f
	}
	if i := slices.IndexFunc(before, func(old *windowFile) bool { return old.reader.Name() == f.reader.Name() }); i >= 0 {
		// f has taken its name: there is nothing to remove.
		return errors.Join(before[i].reader.Close(), d.retire(slices.Delete(before, i, i+1)...))
	}
	return d.retire(before...)
}

// dropBefore takes windows out of force for good that end before slot, and removes files of which all have.
func (d *blockDir) dropBefore(slot int64) error {
	all := d.all()
	for window := range d.files {
		if d.grid.LastSlot(window) < slot {
			delete(d.files, window)
		}
	}
	return d.letGo(d.remove, all)
}

// retire closes and removes those of some files that are in force for no window: nobody reads them any more. One that has lost
// something is set aside instead, for whoever may get more out of it.
func (d *blockDir) retire(files ...*windowFile) error { return d.letGo(d.discard, files) }

// letGo closes those of some files that are in force for no window, and removes them in some way.
func (d *blockDir) letGo(remove func(*windowFile) error, files []*windowFile) error {
	var errs []error
	for _, f := range files {
		if len(d.windowsOf(f)) == 0 {
			errs = append(errs, f.reader.Close(), remove(f))
		}
	}
	return errors.Join(errs...)
}

func (d *blockDir) remove(f *windowFile) error { return d.fsys.Remove(f.reader.Name()) }

// discard removes a file, unless it has lost something.
func (d *blockDir) discard(f *windowFile) error {
	if !f.reader.HasLost() {
		return d.remove(f)
	}
	aside, err := blockfile.Quarantine(d.fsys, f.reader.Name())
	if err == nil {
		d.logger.Warn("a damaged block file was replaced; what it has is kept", "file", aside)
	}
	return err
}

// setAside gives a bad file a name under which it is not opened. The log gets more to say about it.
func (d *blockDir) setAside(name string, reason error, more ...any) error {
	aside, err := blockfile.Quarantine(d.fsys, name)
	if err != nil {
		return err
	}
	more = append([]any{"error", reason, "file", aside}, more...)
	d.logger.Error("a block file is bad and was set aside; what it held is missing", more...)
	return nil
}

// takeOut takes a bad file, which is in force for some window, out of force and sets it aside.
func (d *blockDir) takeOut(f *windowFile, reason error) error {
	windows := d.windowsOf(f)
	for _, window := range windows {
		delete(d.files, window)
	}
	from, _ := d.grid.Bounds(windows[0])
	_, to := d.grid.Bounds(windows[len(windows)-1])
	err := d.setAside(f.reader.Name(), reason, "windows", len(windows), "from", from, "to", to)
	return errors.Join(f.reader.Close(), err)
}

// write makes the file of a window of all shards, as of a position of the log. parts has a window per shard, nil where
// there is none.
func (d *blockDir) write(window int64, upTo wal.Position, parts []baseWindow, shards []*shard) (*windowFile, error) {
	head := d.head(window, 1, upTo)
	w, err := blockfile.Create(d.fsys, d.name(head), head)
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
	return d.openFile(d.name(head))
}

// addPart adds the series of a shard, but for those whose tags are lost: nobody can ask for them.
func addPart(w *blockfile.Writer, s *shard, part baseWindow) error {
	var failed error
	var block []byte
	part.series(func(number uint32) {
		if failed != nil {
			return
		}
		var tags memseries.Canonical
		if tags, failed = s.tagsIn(number, part); failed != nil || tags == memseries.UnknownTags {
			return
		}
		if block, failed = part.appendBlock(block[:0], number); failed == nil {
			failed = w.Add(s.number, number, []byte(tags), [][]byte{block})
		}
	})
	if below := filePart(part); failed == nil && below != nil {
		failed = below.file.reader.Failed() // it may have ended the list
	}
	return failed
}

// close closes all files.
func (d *blockDir) close() error {
	all := d.all()
	clear(d.files)
	return closeFiles(all)
}

func closeFiles(files []*windowFile) error {
	var errs []error
	for _, f := range files {
		errs = append(errs, f.reader.Close())
	}
	return errors.Join(errs...)
}
