package index

// A selection is the series of a set or, with except, all others, so that a negation costs nothing. The set may be
// part of the index and is not changed.
type selection struct {
	set    postings
	except bool
}

// none reports whether s has no series, whatever the index holds.
func (s selection) none() bool { return !s.except && s.set.empty() }

// all reports whether s has all series, whatever the index holds.
func (s selection) all() bool { return s.except && s.set.empty() }

func (s selection) not() selection { return selection{s.set, !s.except} }

// and returns the series of both.
func (s selection) and(o selection) selection {
	switch {
	case s.except && o.except:
		return selection{union([]postings{s.set, o.set}), true}
	case s.except:
		return selection{set: subtract(o.set, s.set)}
	case o.except:
		return selection{set: subtract(s.set, o.set)}
	}
	return selection{set: intersect(s.set, o.set)}
}

// count returns how many of the series in p are selected.
func (s selection) count(p postings) int {
	if s.set.empty() {
		if s.except {
			return p.count()
		}
		return 0
	}
	if s.except {
		return p.count() - countBoth(s.set, p)
	}
	return countBoth(s.set, p)
}
