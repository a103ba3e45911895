package tsdb

import (
	"errors"
	"sync/atomic"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A windowFile is an open block file with one window of all shards.
type windowFile struct {
	reader *blockfile.Reader
	window int64
	// upTo is a position of the log: what was logged for this window before it is in the file.
	upTo wal.Position
	// bad is set by whoever finds damage; Maintain sets the file aside then.
	bad atomic.Bool
}

func newWindowFile(r *blockfile.Reader) *windowFile {
	return &windowFile{reader: r, window: r.Head().First, upTo: wal.Position(r.Head().Sequence)}
}

// check passes err on and remembers whether it says that the file is damaged.
func (f *windowFile) check(err error) error {
	if errors.Is(err, blockfile.ErrDamaged) {
		f.bad.Store(true)
	}
	return err
}

// A filedWindow is the part of one shard in a windowFile.
type filedWindow struct {
	file  *windowFile
	shard int
	part  blockfile.ShardRange // the positions of the shard's series
}

// filed returns the window of a shard, or nil if the file, which may be nil, has no series of it.
func (f *windowFile) filed(shard int) *filedWindow {
	if f == nil {
		return nil
	}
	for _, part := range f.reader.Shards() {
		if part.Shard == shard {
			return &filedWindow{file: f, shard: shard, part: part}
		}
	}
	return nil
}

// visit calls see with the block of a series, which is valid during the call, if it has one.
func (w *filedWindow) visit(series uint32, see func(block []byte) error) error {
	position, found, err := w.file.reader.Find(blockfile.Series{Shard: w.shard, Number: series})
	if err != nil || !found {
		return w.file.check(err)
	}
	err = w.file.reader.Blocks([]uint32{position}, w.file.window, w.file.window,
		func(_ uint32, _ int64, block []byte) error { return see(block) })
	return w.file.check(err)
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

// touch does nothing: a page that the disk cannot give may only be touched in a call of the reader.
func (w *filedWindow) touch(uint32) byte { return 0 }

// holds says yes where the file cannot tell; who asks for the values then gets the error.
func (w *filedWindow) holds(series uint32) bool {
	_, found, err := w.file.reader.Find(blockfile.Series{Shard: w.shard, Number: series})
	return found || w.file.check(err) != nil
}

// series ends early where the file is damaged.
func (w *filedWindow) series(visit func(uint32)) {
	for position := w.part.First; position < w.part.End; position++ {
		s, err := w.file.reader.Series(position)
		if w.file.check(err) != nil {
			return
		}
		visit(s.Number)
	}
}

// sizeBytes is 0: mapped files are the kernel's memory.
func (w *filedWindow) sizeBytes() int { return 0 }

// free does nothing: the file is closed by whoever replaces it.
func (w *filedWindow) free() {}

// load reads the window into memory.
func (w *filedWindow) load(memory *offheap.Arena) (*sealedWindow, error) {
	head := w.file.reader.Head()
	loaded := newSealedBuilder(&sealedWindow{number: w.file.window, width: head.Slots, memory: memory, filed: true})
	positions := make([]uint32, 0, w.part.End-w.part.First)
	for position := w.part.First; position < w.part.End; position++ {
		positions = append(positions, position)
	}
	err := w.file.reader.Blocks(positions, w.file.window, w.file.window, func(position uint32, _ int64, block []byte) error {
		s, err := w.file.reader.Series(position)
		if err != nil {
			return err
		}
		loaded.add(s.Number, block)
		return nil
	})
	if err != nil {
		loaded.window.free()
		return nil, w.file.check(err)
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
