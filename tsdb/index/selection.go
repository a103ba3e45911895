package index

// A selection is the series of any of lists or, with except, all others. The postings may be parts of
// the index and are not changed; the slice of them belongs to the selection. Lists are united as late
// as possible: often it is enough to know which of a few series are in them.
type selection struct {
	lists  []postings
	except bool
}

// size returns how many series lists hold, counting twice what is in two.
func (s selection) size() int {
	total := 0
	for _, list := range s.lists {
		total += len(list)
	}
	return total
}

// none reports whether s has no series, whatever the index holds.
func (s selection) none() bool { return !s.except && s.size() == 0 }

func (s selection) not() selection { return selection{s.lists, !s.except} }

// and returns the series of both, all below bound. It uses up s and o.
func (s selection) and(o selection, bound uint32) selection {
	if s.except && o.except {
		return selection{append(s.lists, o.lists...), true}
	}
	if s.except || !o.except && o.size() < s.size() {
		s, o = o, s // s is not "all but" and, if o is not either, the smaller
	}
	if o.except && o.size() == 0 {
		return s
	}
	list := union(s.lists, bound)
	switch {
	case len(list) == 0:
	case len(o.lists) > 1:
		list = bitmapOf(o.lists, bound).filter(list, !o.except)
	case o.except:
		list = subtract(list, o.lists[0])
	case len(o.lists) == 1:
		list = intersect(list, o.lists[0])
	}
	return selection{lists: []postings{list}}
}
