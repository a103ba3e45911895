package tsdb

// clipped returns what p, of the plan gap, has of l, in the same memory.
func (p *partial) clipped(gap, l *rangePlan) *Column {
	c := &p.Column
	from := int(l.first - gap.first)
	for _, values := range c.slices() {
		if *values != nil {
			*values = (*values)[from/l.ratio:][: l.slots/l.ratio : l.slots/l.ratio]
		}
	}
	if c.Present != nil && gap.slots != l.slots {
		present := make([]uint64, maskWords(l.slots))
		copyBits(present, c.Present, -from, gap.slots, l.slots)
		c.Present = present
	}
	return c
}

// copyTo copies what p, of the plan gap, has of l to its place in c.
func (p *partial) copyTo(c *Column, gap, l *rangePlan) {
	from, to := l.clip(gap.first, gap.last())
	skip := from + int(l.first-gap.first)
	own := p.slices()
	for i, values := range c.slices() {
		if *values != nil {
			copy((*values)[from/l.ratio:to/l.ratio], (*own[i])[skip/l.ratio:])
		}
	}
	if c.Present != nil {
		copyBits(c.Present, p.Present, int(gap.first-l.first), gap.slots, l.slots)
	}
}

// copyBits sets in dst, which has size bits, the first n of src from position at on. What falls outside is left out.
func copyBits(dst, src []uint64, at, n, size int) {
	for i := 0; i < n; i += 64 {
		orClipped(dst, at+i, min(64, n-i), size, src[i/64])
	}
}

// orClipped sets the n bits of word that are set, from position at on, but for those outside of [0, size).
func orClipped(dst []uint64, at, n, size int, word uint64) {
	if at < 0 {
		word >>= min(64, -at)
		n += at
		at = 0
	}
	if n = min(n, size-at); n > 0 {
		orBits(dst, at, n, word)
	}
}
