package index

import (
	"iter"
	"slices"
	"strings"
)

// maxBlock is the number of items in a full block: an insertion shifts half of one, 2.5 KB for postings.
const maxBlock = 128

// An ordered holds a T for each of a set of strings, in bytewise order. Readers do not change it.
//
//	blocks  [a b c] [f g] [k l m n]   each sorted, none empty, at most maxBlock
type ordered[T any] struct {
	blocks [][]item[T]
	count  int
	// Where the last write was.
	lastBlock, lastAt int
}

type item[T any] struct {
	text string
	of   T
}

// place returns where text is, or where it belongs: a position in a block. Without blocks both are 0.
func (o *ordered[T]) place(text string) (block, at int, found bool) {
	// The block before the first one that starts behind text.
	block, found = slices.BinarySearchFunc(o.blocks, text, func(b []item[T], text string) int {
		return strings.Compare(b[0].text, text)
	})
	if found {
		return block, 0, true
	}
	if block == 0 {
		return 0, 0, false
	}
	block--
	at, found = slices.BinarySearchFunc(o.blocks[block], text, func(i item[T], text string) int {
		return strings.Compare(i.text, text)
	})
	return block, at, found
}

// get returns what text has, or nil. The pointer is valid until the next put or drop.
func (o *ordered[T]) get(text string) *T {
	block, at, found := o.place(text)
	if !found {
		return nil
	}
	return &o.blocks[block][at].of
}

// seek is place for writers: it looks first where the last one was and a little behind. The keys of a series come in
// order, and the values of one node's series are the same.
func (o *ordered[T]) seek(text string) (block, at int, found bool) {
	if b := o.lastBlock; b < len(o.blocks) {
		for at := o.lastAt; at < min(o.lastAt+4, len(o.blocks[b])); at++ {
			if o.blocks[b][at].text == text {
				o.lastAt = at
				return b, at, true
			}
		}
	}
	block, at, found = o.place(text)
	o.lastBlock, o.lastAt = block, at
	return block, at, found
}

// near is get for writers.
func (o *ordered[T]) near(text string) *T {
	block, at, found := o.seek(text)
	if !found {
		return nil
	}
	return &o.blocks[block][at].of
}

// last returns the text of the last near or put that found one, as it is kept.
func (o *ordered[T]) last() string { return o.blocks[o.lastBlock][o.lastAt].text }

// put returns what text has, first giving it a zero T if it has none; it keeps text then. The pointer is valid until
// the next put or drop.
func (o *ordered[T]) put(text string) *T {
	block, at, found := o.seek(text)
	if !found {
		block, at = o.insert(block, at, item[T]{text: text})
		o.lastBlock, o.lastAt = block, at
	}
	return &o.blocks[block][at].of
}

// insert puts i at a place and returns where it is then.
func (o *ordered[T]) insert(block, at int, i item[T]) (int, int) {
	o.count++
	if len(o.blocks) == 0 {
		o.blocks = append(o.blocks, []item[T]{i})
		return 0, 0
	}
	full := o.blocks[block]
	if len(full) == maxBlock {
		// Half of it makes room; but behind the very last item a new block starts, so that
		// strings that come in order leave full blocks behind.
		half := maxBlock / 2
		if at == maxBlock && block == len(o.blocks)-1 {
			half = maxBlock
		}
		o.blocks = slices.Insert(o.blocks, block+1, slices.Clone(full[half:]))
		clear(full[half:])
		o.blocks[block] = full[:half]
		if at >= half {
			block, at = block+1, at-half
		}
	}
	o.blocks[block] = slices.Insert(o.blocks[block], at, i)
	return block, at
}

// drop removes text, if it is there.
func (o *ordered[T]) drop(text string) {
	block, at, found := o.place(text)
	if !found {
		return
	}
	o.count--
	if o.blocks[block] = slices.Delete(o.blocks[block], at, at+1); len(o.blocks[block]) == 0 {
		o.blocks = slices.Delete(o.blocks, block, block+1)
		return
	}
	o.join(block)
	o.join(block - 1)
}

// join makes one block of two neighbours that fill at most half of one, so that blocks are at least a
// quarter full on average, however strings come and go.
func (o *ordered[T]) join(block int) {
	if block < 0 || block+1 >= len(o.blocks) {
		return
	}
	if left, right := o.blocks[block], o.blocks[block+1]; len(left)+len(right) <= maxBlock/2 {
		o.blocks[block] = append(left, right...)
		o.blocks = slices.Delete(o.blocks, block+1, block+2)
	}
}

// from yields the strings that are not less than text, in order, and what they have.
func (o *ordered[T]) from(text string) iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for items := range o.blocksFrom(text) {
			for i := range items {
				if !yield(items[i].text, &items[i].of) {
					return
				}
			}
		}
	}
}

// blocksFrom yields the same block by block.
func (o *ordered[T]) blocksFrom(text string) iter.Seq[[]item[T]] {
	return func(yield func([]item[T]) bool) {
		block, at, _ := o.place(text)
		for ; block < len(o.blocks); block, at = block+1, 0 {
			if items := o.blocks[block][at:]; len(items) > 0 && !yield(items) {
				return
			}
		}
	}
}
