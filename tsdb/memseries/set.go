package memseries

import "math/bits"

// A Set has a bit for each number that is in it.
type Set []uint64

func (s *Set) Add(number uint32) {
	if need := int(number/64) + 1; need > len(*s) {
		*s = append(*s, make([]uint64, need-len(*s))...)
	}
	(*s)[number/64] |= 1 << (number % 64)
}

func (s Set) Has(number uint32) bool {
	return int(number/64) < len(s) && s[number/64]>>(number%64)&1 != 0
}

// Each calls visit with the numbers in s, ascending.
func (s Set) Each(visit func(number uint32)) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			visit(uint32(i*64 + bits.TrailingZeros64(word)))
		}
	}
}

func (s Set) Len() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}
