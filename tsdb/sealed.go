package tsdb

import (
	"errors"
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/offheap"
	"github.com/telamon-tsdb/telamon/tsdb/vector"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A sealedWindow holds one encoded block per series, one behind the other in one piece of memory, and finds it by
// the number of the series in a table of three levels. Both pieces lie outside the Go heap and are as long as they
// have to be.
//
//	top      by number / 65,536      the position of a middle in table plus one, 0: none
//	table    middles: 256 positions of pages, 0: none
//	         pages: 257 offsets; the block of the k-th series is arena[offset[k]:offset[k+1]], empty: none
//	arena    the blocks
type sealedWindow struct {
	number int64
	width  int
	memory *offheap.Arena
	top    []uint32
	table  []uint32
	arena  []byte
	since  wal.Position // as in openWindow
	filed  bool         // all of it is in a file

	pins    int  // readers who do not hold the lock
	retired bool // the last of them is to free it
}

// seal encodes what an open window has in memory, and takes over from its base the blocks of the series that have no
// row. The result does not share memory with it.
func (w *openWindow) seal(encoder *gorilla.Encoder) (*sealedWindow, error) {
	b := w.newBuilder(encoder)
	var failed error
	memoryPart(w).series(func(s uint32) {
		if failed == nil {
			failed = b.addFrom(w, s)
		}
	})
	if failed != nil {
		b.window.free()
		return nil, failed
	}
	return b.finish(), nil
}

// newBuilder returns a builder of the sealed form of w.
func (w *openWindow) newBuilder(encoder *gorilla.Encoder) *sealedBuilder {
	b := newSealedBuilder(&sealedWindow{number: w.number, width: w.width, memory: w.rows.memory, since: w.since})
	b.encoder, b.values = encoder, make([]float64, w.width)
	return b
}

// A sealedBuilder fills a sealedWindow, block by block. The memory grows without a copy once it is large, and what was
// too much is given back at the end: no more is touched than the blocks take.
type sealedBuilder struct {
	window *sealedWindow
	page   int   // position in table of the page that is being filled
	number int64 // of its first series / tablePage; -1: there is no page yet
	next   int   // place of the next offset in the page
	most   int64 // how long the arena may become

	encoder *gorilla.Encoder
	block   []byte    // scratch of addFrom
	values  []float64 // likewise
}

// maxArenaBytes is what an offset has room for: blocks of some 40 million series.
const maxArenaBytes = math.MaxUint32

// errArena reports a window that is too large to be sealed.
var errArena = errors.New("no room for more blocks in one window of a shard")

func newSealedBuilder(w *sealedWindow) *sealedBuilder {
	return &sealedBuilder{window: w, number: -1, most: maxArenaBytes}
}

// addFrom adds a series of an open window, which comes behind all so far. The error is one of the window's base, or of add.
func (b *sealedBuilder) addFrom(w *openWindow, series uint32) (err error) {
	b.block = b.block[:0]
	if row, ok := w.rows.row(series); !ok {
		b.block, err = w.base.appendBlock(b.block, series)
	} else if values := w.read(row, b.values); !vector.AllNaN(values) {
		b.block = b.encoder.AppendBlock(b.block, values)
	}
	if err != nil {
		return err
	}
	return b.add(series, b.block)
}

var emptyTable [tablePage + 1]uint32

// add appends the block of a series, which comes behind all so far. An empty block is none. The error is errArena.
func (b *sealedBuilder) add(series uint32, block []byte) error {
	if len(block) == 0 {
		return nil
	}
	w := b.window
	if int64(len(w.arena)+len(block)) > b.most {
		return fmt.Errorf("window %d, series %d: %w, %d bytes at most", w.number, series, errArena, b.most)
	}
	if int64(series/tablePage) != b.number {
		b.fillTo(tablePage)
		b.startPage(series)
	}
	b.fillTo(int(series % tablePage))
	w.arena = offheap.Append(w.memory, w.arena, block...)
	return nil
}

// fillTo makes the arena's end the offset of the series up to the k-th of the page.
func (b *sealedBuilder) fillTo(k int) {
	if b.number < 0 {
		return
	}
	for ; b.next <= k; b.next++ {
		b.window.table[b.page+b.next] = uint32(len(b.window.arena))
	}
}

// startPage begins the page of a series.
func (b *sealedBuilder) startPage(series uint32) {
	w := b.window
	for int(series>>16) >= len(w.top) {
		w.top = append(w.top, 0)
	}
	middle := &w.top[series>>16]
	if *middle == 0 {
		*middle = uint32(len(w.table)) + 1
		w.table = offheap.Append(w.memory, w.table, emptyTable[:tablePage]...)
	}
	b.page, b.number, b.next = len(w.table), int64(series/tablePage), 0
	w.table[*middle-1+series>>8%tablePage] = uint32(b.page)
	w.table = offheap.Append(w.memory, w.table, emptyTable[:]...)
}

// finish returns the window.
func (b *sealedBuilder) finish() *sealedWindow {
	b.fillTo(tablePage)
	w := b.window
	w.table = offheap.Resize(w.memory, w.table, len(w.table))
	w.arena = offheap.Resize(w.memory, w.arena, len(w.arena))
	return w
}

// block returns the block of a series, empty where it has none.
func (w *sealedWindow) block(series uint32) []byte {
	if int(series>>16) >= len(w.top) || w.top[series>>16] == 0 {
		return nil
	}
	page := w.table[w.top[series>>16]-1+series>>8%tablePage]
	if page == 0 {
		return nil
	}
	offsets := w.table[page+series%tablePage:]
	return w.arena[offsets[0]:offsets[1]]
}

func (w *sealedWindow) slots(series uint32, scratch []float64) ([]float64, error) {
	block := w.block(series)
	if len(block) == 0 {
		return nil, nil
	}
	if err := gorilla.Decode(scratch, block); err != nil {
		return nil, w.damaged(series, err)
	}
	return scratch, nil
}

func (w *sealedWindow) addInto(sum, scratch []float64, series uint32) (int, error) {
	block := w.block(series)
	if len(block) == 0 {
		return 0, nil
	}
	n, err := gorilla.AddInto(sum, scratch, block)
	if err != nil {
		return 0, w.damaged(series, err)
	}
	return n, nil
}

func (w *sealedWindow) prefetch(series uint32, _, _ int) byte {
	var any byte
	block := w.block(series)
	for i := 0; i < len(block); i += cacheLine {
		any ^= block[i]
	}
	return any
}

func (w *sealedWindow) holds(series uint32) bool { return len(w.block(series)) > 0 }

func (w *sealedWindow) damaged(series uint32, err error) error {
	return fmt.Errorf("window %d: block of series %d: %w", w.number, series, err)
}

func (w *sealedWindow) series(visit func(uint32)) {
	for i, middle := range w.top {
		if middle == 0 {
			continue
		}
		for j, page := range w.table[middle-1:][:tablePage] {
			if page == 0 {
				continue
			}
			offsets := w.table[page:][:tablePage+1]
			for k := range tablePage {
				if offsets[k] != offsets[k+1] {
					visit(uint32((i*tablePage+j)*tablePage + k))
				}
			}
		}
	}
}

func (w *sealedWindow) sizeBytes() int { return 4*len(w.table) + len(w.arena) }

func (w *sealedWindow) appendBlock(dst []byte, series uint32) ([]byte, error) {
	return append(dst, w.block(series)...), nil
}

// pin keeps the memory while somebody reads it without the lock of the shard; the caller holds it for writing. A write
// to the window meanwhile goes elsewhere: a sealed window does not change.
func (w *sealedWindow) pin() { w.pins++ }

// unpin ends what pin began. The caller holds the lock for writing.
func (w *sealedWindow) unpin() {
	w.pins--
	if w.retired && w.pins == 0 {
		w.free()
	}
}

func (w *sealedWindow) free() {
	if w.pins > 0 {
		w.retired = true
		return
	}
	offheap.Free(w.memory, w.table)
	offheap.Free(w.memory, w.arena)
	w.top, w.table, w.arena = nil, nil, nil
}
