package tsdb

import (
	"cmp"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A windowFile is an open block file with some adjacent windows of all shards.
type windowFile struct {
	reader      *blockfile.Reader
	first, last int64 // windows
	// upTo is a position of the log: what was logged for these windows before it is in the file.
	upTo wal.Position
	// written is the time of the Maintain that made the file; zero: it was there when the DB was opened.
	written time.Time
}

func newWindowFile(r *blockfile.Reader) *windowFile {
	head := r.Head()
	return &windowFile{reader: r, first: head.First, last: head.Last(), upTo: wal.Position(head.Sequence)}
}

// isSingle reports whether f has one window.
func (f *windowFile) isSingle() bool { return f.first == f.last }

// isLost reports whether nothing of f is of use any more.
func (f *windowFile) isLost() bool { return f.reader.Failed() != nil }

// compareFiles orders files of the same windows: the greater one is in force. Where a merged file has the position of
// one of those that it was made of, both are right, and it is the greater one.
func compareFiles(a, b *windowFile) int {
	return cmp.Or(
		cmp.Compare(a.upTo, b.upTo),
		cmp.Compare(a.last-a.first, b.last-b.first),
		cmp.Compare(a.reader.Name(), b.reader.Name()),
	)
}

// A filedWindow is the part of one shard in one window of a windowFile.
type filedWindow struct {
	file   *windowFile
	number int64
	shard  int
	part   blockfile.ShardRange // the positions of the shard's series in any window of the file
}

// filed returns a window of a shard, or nil if the file, which may be nil, has no series of it in any window.
func (f *windowFile) filed(window int64, shard int) *filedWindow {
	if f == nil {
		return nil
	}
	for _, part := range f.reader.Shards() {
		if part.Shard == shard {
			return &filedWindow{file: f, number: window, shard: shard, part: part}
		}
	}
	return nil
}

// visit calls see with the block of a series, which is valid during the call, if it has one.
func (w *filedWindow) visit(series uint32, see func(block []byte) error) error {
	return w.file.reader.Block(blockfile.Series{Shard: w.shard, Number: series}, w.number, see)
}

func (w *filedWindow) slots(series uint32, scratch []float64) (values []float64, err error) {
	err = w.visit(series, func(block []byte) error {
		values = scratch
		return gorilla.Decode(scratch, block)
	})
	return values, err
}

func (w *filedWindow) addInto(sum, scratch []float64, series uint32) (present int, err error) {
	err = w.visit(series, func(block []byte) (err error) {
		present, err = gorilla.AddInto(sum, scratch, block)
		return err
	})
	return present, err
}

// prefetch does nothing: a page that the disk cannot give may only be touched in a call of the reader.
func (w *filedWindow) prefetch(uint32, int, int) byte { return 0 }

// alone reports whether the file has no other window, so that each of its series is in this one.
func (w *filedWindow) alone() bool { return w.file.isSingle() }

// holds says yes where the file cannot tell; whoever asks for the values then gets the error.
func (w *filedWindow) holds(series uint32) bool {
	if w.alone() {
		_, found, err := w.file.reader.Find(blockfile.Series{Shard: w.shard, Number: series})
		return found || err != nil
	}
	found := false
	err := w.visit(series, func([]byte) error {
		found = true
		return nil
	})
	return found || err != nil
}

// series ends early where all of the file is lost.
func (w *filedWindow) series(visit func(uint32)) {
	numbers, err := w.file.reader.NumbersOf(nil, w.part)
	if err != nil {
		return
	}
	if !w.alone() {
		_ = w.blocks(func(position uint32, _ []byte) error {
			visit(numbers[position-w.part.First])
			return nil
		})
		return
	}
	for _, number := range numbers {
		visit(number)
	}
}

// blocks calls visit with all blocks of the window, in the order of the series.
func (w *filedWindow) blocks(visit func(position uint32, block []byte) error) error {
	positions := make([]uint32, 0, w.part.End-w.part.First)
	for position := w.part.First; position < w.part.End; position++ {
		positions = append(positions, position)
	}
	return w.file.reader.Blocks(positions, w.number, w.number, func(position uint32, _ int64, block []byte) error {
		return visit(position, block)
	})
}

// sizeBytes is 0: mapped files are the kernel's memory.
func (w *filedWindow) sizeBytes() int { return 0 }

// free does nothing: the file is closed by whoever replaces it.
func (w *filedWindow) free() {}

// load reads the window into memory.
func (w *filedWindow) load(memory *offheap.Arena) (*sealedWindow, error) {
	width := w.file.reader.Head().Slots
	numbers, err := w.file.reader.NumbersOf(nil, w.part)
	if err != nil {
		return nil, err
	}
	loaded := newSealedBuilder(&sealedWindow{number: w.number, width: width, memory: memory, filed: true})
	err = w.blocks(func(position uint32, block []byte) error {
		return loaded.add(numbers[position-w.part.First], block)
	})
	if err != nil {
		loaded.window.free()
		return nil, err
	}
	return loaded.finish(), nil
}

func (w *filedWindow) appendBlock(dst []byte, series uint32) ([]byte, error) {
	err := w.visit(series, func(block []byte) error {
		dst = append(dst, block...)
		return nil
	})
	return dst, err
}

// sameFile reports whether two windows are read from one file, where the blocks of a series lie side by side.
func sameFile(a, b window) bool {
	x, ok := a.(*filedWindow)
	y, also := b.(*filedWindow)
	return ok && also && x.file == y.file
}
