package tsdb

import "math/bits"

// A seriesSet has a bit for each number that is in it.
type seriesSet []uint64

func (s *seriesSet) add(number uint32) {
	if need := int(number/64) + 1; need > len(*s) {
		*s = append(*s, make([]uint64, need-len(*s))...)
	}
	(*s)[number/64] |= 1 << (number % 64)
}

func (s seriesSet) has(number uint32) bool {
	return int(number/64) < len(s) && s[number/64]>>(number%64)&1 != 0
}

// each calls visit with the numbers in s, ascending.
func (s seriesSet) each(visit func(number uint32)) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			visit(uint32(i*64 + bits.TrailingZeros64(word)))
		}
	}
}

func (s seriesSet) len() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}
