package offheap

import (
	"fmt"
	"math/bits"
)

// discardBytes is the size of free pieces whose pages the kernel gets back while their slab stays. It costs 15 µs for
// 30 KB, to free them and to touch them again.
const discardBytes = 8 << 10

// A slab is a mapping cut into pieces of one size.
type slab struct {
	memory []byte
	piece  int      // bytes
	taken  []uint64 // a bit for each piece, set while somebody has it
	used   int      // how many are set
	fresh  int      // the pieces from here on have never been handed out: they are zero
	// low is a word of taken before which all bits are set.
	low int
}

func newSlab(piece int) *slab {
	n := slabBytes / piece
	return &slab{memory: mapMemory(slabBytes), piece: piece, taken: make([]uint64, (n+63)/64)}
}

func (s *slab) full() bool { return s.used == slabBytes/s.piece }

// take returns the first free piece. There must be one.
func (s *slab) take() []byte {
	for s.taken[s.low] == ^uint64(0) {
		s.low++
	}
	bit := bits.TrailingZeros64(^s.taken[s.low])
	s.taken[s.low] |= 1 << bit
	s.used++
	i := s.low*64 + bit
	b := s.memory[i*s.piece : (i+1)*s.piece : (i+1)*s.piece]
	if i < s.fresh {
		clear(b)
	}
	s.fresh = max(s.fresh, i+1)
	return b
}

// give takes the piece at an offset back.
func (s *slab) give(offset int) {
	i := offset / s.piece
	if offset%s.piece != 0 || s.taken[i/64]&(1<<(i%64)) == 0 {
		panic(fmt.Sprintf("offheap: free of %#x, which is no piece, or is free already", addressOf(s.memory)+uintptr(offset)))
	}
	s.taken[i/64] &^= 1 << (i % 64)
	s.used--
	s.low = min(s.low, i/64)
	if b := s.memory[offset : offset+s.piece]; s.piece >= discardBytes || poisons {
		discard(b)
	}
}
