package index

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// intersect returns the series that are in both, in new memory.
func intersect(a, b postings) postings {
	switch {
	case a.many != nil && b.many != nil:
		return postings{many: roaring.And(a.many, b.many)}
	case a.many != nil:
		return postings{few: filter(b.few, a.many, true)}
	case b.many != nil:
		return postings{few: filter(a.few, b.many, true)}
	}
	return postings{few: meet(a.few, b.few)}
}

// countBoth returns how many series are in both.
func countBoth(a, b postings) int {
	switch {
	case a.many != nil && b.many != nil:
		return int(a.many.AndCardinality(b.many))
	case a.many != nil:
		return countIn(b.few, a.many)
	case b.many != nil:
		return countIn(a.few, b.many)
	}
	return len(meet(a.few, b.few))
}

// subtract returns the series of a that are not in b. The result may be a.
func subtract(a, b postings) postings {
	switch {
	case b.empty():
		return a
	case b.many != nil && a.many != nil:
		return postings{many: roaring.AndNot(a.many, b.many)}
	case b.many != nil:
		return postings{few: filter(a.few, b.many, false)}
	case a.many == nil:
		return postings{few: without(a.few, b.few)}
	}
	left := a.many.Clone()
	for _, series := range b.few {
		left.Remove(series)
	}
	return postings{many: left}
}

// union returns the series that are in any of lists. The result may be one of them.
func union(lists []postings) postings {
	var arrays [][]uint32
	var bitmaps []*roaring.Bitmap
	for _, p := range lists {
		switch {
		case p.many != nil:
			bitmaps = append(bitmaps, p.many)
		case len(p.few) > 0:
			arrays = append(arrays, p.few)
		}
	}
	few := merge(arrays)
	switch {
	case len(bitmaps) == 0:
		return few
	case few.many != nil:
		bitmaps = append(bitmaps, few.many)
	}
	if len(bitmaps) == 1 && few.empty() {
		return postings{many: bitmaps[0]}
	}
	all := roaring.FastOr(bitmaps...)
	if few.many == nil {
		all.AddMany(few.few)
	}
	return postings{many: all}
}

// merge returns the series of ascending arrays, none of which is empty. The result may be one of them.
func merge(arrays [][]uint32) postings {
	switch len(arrays) {
	case 0:
		return postings{}
	case 1:
		return postings{few: arrays[0]}
	}
	total, least, greatest := 0, arrays[0][0], uint32(0)
	for _, array := range arrays {
		total += len(array)
		least, greatest = min(least, array[0]), max(greatest, array[len(array)-1])
	}
	if total > fewSeries && worthBits(total, least, greatest) {
		b := newBits(least, greatest)
		for _, array := range arrays {
			b.set(array)
		}
		return b.postings()
	}
	all := slices.Concat(arrays...)
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) <= fewSeries {
		return postings{few: all}
	}
	return postings{many: roaring.BitmapOf(all...)}
}

// filter returns the series of array that are in b or, if in is false, those that are not.
func filter(array []uint32, b *roaring.Bitmap, in bool) []uint32 {
	kept := make([]uint32, 0, len(array))
	for _, series := range array {
		if b.Contains(series) == in {
			kept = append(kept, series)
		}
	}
	return kept
}

// countIn returns how many series of array are in b.
func countIn(array []uint32, b *roaring.Bitmap) int {
	n := 0
	for _, series := range array {
		if b.Contains(series) {
			n++
		}
	}
	return n
}

// meet returns the series that are in both of two ascending arrays.
func meet(a, b []uint32) []uint32 {
	if len(a) > len(b) {
		a, b = b, a
	}
	both := make([]uint32, 0, len(a))
	for _, series := range a {
		at, found := slices.BinarySearch(b, series)
		if found {
			both = append(both, series)
		}
		b = b[at:]
	}
	return both
}

// without returns the series of a that are not in b, both ascending.
func without(a, b []uint32) []uint32 {
	left := make([]uint32, 0, len(a))
	for _, series := range a {
		at, found := slices.BinarySearch(b, series)
		if !found {
			left = append(left, series)
		}
		b = b[at:]
	}
	return left
}
