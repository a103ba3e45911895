package index

import "slices"

// postings are series in ascending order, each once.
type postings []uint32

// add inserts a series and reports whether it was not there. At the end it costs nothing much.
func (p *postings) add(series uint32) bool {
	list := *p
	if n := len(list); n == 0 || list[n-1] < series {
		*p = append(list, series)
		return true
	}
	at, found := slices.BinarySearch(list, series)
	if !found {
		*p = slices.Insert(list, at, series)
	}
	return !found
}

// remove deletes the series of gone, which ascends, and returns how many of them were there. Only what
// lies behind the first of them is touched.
func (p *postings) remove(gone postings) int {
	list := *p
	if len(gone) == 0 {
		return 0
	}
	at, _ := slices.BinarySearch(list, gone[0])
	kept := list[:at]
	for _, series := range list[at:] {
		for len(gone) > 0 && gone[0] < series {
			gone = gone[1:]
		}
		if len(gone) == 0 || gone[0] != series {
			kept = append(kept, series)
		}
	}
	removed := len(list) - len(kept)
	if cap(kept) > 4*len(kept)+4 {
		kept = slices.Clone(kept) // give the memory back
	}
	*p = kept
	return removed
}

// seek returns the first position at or behind from whose series is not less than series. It gallops:
// the cost grows with the logarithm of the distance.
func (p postings) seek(from int, series uint32) int {
	if from >= len(p) || p[from] >= series {
		return from
	}
	low, step := from, 1 // p[low] < series
	for low+step < len(p) && p[low+step] < series {
		low += step
		step *= 2
	}
	at, _ := slices.BinarySearch(p[low+1:min(low+step, len(p))], series)
	return low + 1 + at
}

// intersect returns the series that are in both, in new memory.
func intersect(a, b postings) postings {
	if len(a) > len(b) {
		a, b = b, a
	}
	both := make(postings, 0, len(a))
	at := 0
	for _, series := range a {
		if at = b.seek(at, series); at == len(b) {
			break
		}
		if b[at] == series {
			both = append(both, series)
		}
	}
	return both
}

// countBoth returns the length of intersect(a, b).
func countBoth(a, b postings) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	at, n := 0, 0
	for _, series := range a {
		if at = b.seek(at, series); at == len(b) {
			break
		}
		if b[at] == series {
			n++
		}
	}
	return n
}

// subtract returns the series of a that are not in b, in new memory.
func subtract(a, b postings) postings {
	left := make(postings, 0, len(a))
	at := 0
	for i, series := range a {
		if at = b.seek(at, series); at == len(b) {
			return append(left, a[i:]...)
		}
		if b[at] != series {
			left = append(left, series)
		}
	}
	return left
}

// union returns the series that are in any of lists, all of them below bound. The result is new memory,
// or the only list that has series.
func union(lists []postings, bound uint32) postings {
	lists = slices.DeleteFunc(lists, func(p postings) bool { return len(p) == 0 })
	switch len(lists) {
	case 0:
		return nil
	case 1:
		return lists[0]
	}
	total := 0
	for _, list := range lists {
		total += len(list)
	}
	// A word of the bitmap costs about as much to scan as a sixteenth of a series to sort.
	if total*16 < int(bound)/64 {
		all := slices.Concat(lists...)
		slices.Sort(all)
		return slices.Compact(all)
	}
	return bitmapOf(lists, bound).postings(total)
}
