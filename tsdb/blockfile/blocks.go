package blockfile

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Blocks calls visit with each block that the series at positions have in the windows first to last: the
// series as they are listed, the windows of each ascending; but for those that are lost. A block is only valid
// during the call of visit, on its goroutine. Close, meanwhile, does not harm. An error of visit ends the walk and is returned as it is; others match ErrClosed.
func (r *Reader) Blocks(positions []uint32, first, last int64,
	visit func(position uint32, window int64, block []byte) error) error {
	first, last = max(first, r.head.First), min(last, r.head.Last())
	if first > last {
		return nil
	}
	if err := r.file.hold(); err != nil {
		return err
	}
	defer r.file.letGo()
	b := r.buffer()
	defer r.giveBack(b)
	for _, position := range positions {
		r.mustBePosition(position)
		err := r.readBlocks(b, position, first, last)
		if errors.Is(err, ErrDamaged) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, block := range b.blocks {
			if err := visit(position, block.window, b.bytes[block.start:block.end:block.end]); err != nil {
				return err
			}
		}
	}
	return nil
}

// readBlocks copies the blocks of a series, and notes what is lost. The caller holds the file.
func (r *Reader) readBlocks(b *rowBuffer, position uint32, first, last int64) error {
	var s Series // a wrong one fits no checksum
	err := r.file.read(func() error {
		b.reset()
		s = r.supposed(position)
		return r.copyRow(b, position, s, first, last)
	})
	if err = r.afterPage(err, b, position, s, first, last); err != nil {
		return err
	}
	r.lose(b, position, s)
	return nil
}

// supposed returns the series at a position, unchecked.
func (r *Reader) supposed(position uint32) Series {
	number := binary.LittleEndian.Uint32(r.file.unchecked(sectionNumbers)[numberBytes*position:])
	return Series{r.shards[r.shardAt(position)].Shard, number}
}

// Block calls see with the block of a series in a window, if it has one there. What Blocks says of its visits and errors
// holds here.
func (r *Reader) Block(s Series, window int64, see func(block []byte) error) error {
	if window < r.head.First || window > r.head.Last() {
		return nil
	}
	if err := r.file.hold(); err != nil {
		return err
	}
	defer r.file.letGo()
	b := r.buffer()
	defer r.giveBack(b)
	position, found := uint32(0), false
	err := r.file.read(func() (err error) {
		b.reset()
		if position, found, err = r.find(s, r.file.version < 3); err != nil || !found {
			return err
		}
		return r.copyRow(b, position, s, window, window)
	})
	if err = r.afterPage(err, b, position, s, window, window); err != nil {
		if errors.Is(err, ErrDamaged) {
			return nil
		}
		return err
	}
	r.lose(b, position, s)
	for _, block := range b.blocks {
		return see(b.bytes[block.start:block.end:block.end])
	}
	return nil
}

// afterPage makes the best of an error that is about a page of section data: it takes away the blocks on it. Of several windows
// each is read alone.
func (r *Reader) afterPage(err error, b *rowBuffer, position uint32, s Series, first, last int64) error {
	if err == nil {
		return nil
	}
	var page *pageError
	if !errors.As(err, &page) || r.Failed() != nil {
		return err
	}
	b.reset()
	if first == last {
		b.lost = append(b.lost, lostPiece{first, last, fmt.Errorf("section data: %w", page)})
		return nil
	}
	one := r.buffer()
	defer r.giveBack(one)
	for window := first; window <= last; window++ {
		err := r.file.read(func() error {
			one.reset()
			return r.copyRow(one, position, s, window, window)
		})
		if err := r.afterPage(err, one, position, s, window, window); err != nil {
			return err
		}
		for _, block := range one.blocks {
			b.add(window, one.bytes[block.start:block.end])
		}
		b.lost = append(b.lost, one.lost...)
	}
	return nil
}
