package expr

import "github.com/telamon-tsdb/telamon/tsdb/tag"

// AndQuery returns a and b; constants are folded, the left one first.
func AndQuery(a, b tag.Predicate) tag.Predicate {
	switch a.(type) {
	case tag.True:
		return b
	case tag.False:
		return a
	}
	switch b.(type) {
	case tag.True:
		return a
	case tag.False:
		return b
	}
	return tag.And{Left: a, Right: b}
}

// OrQuery returns a or b; constants are folded, the left one first.
func OrQuery(a, b tag.Predicate) tag.Predicate {
	switch a.(type) {
	case tag.True:
		return a
	case tag.False:
		return b
	}
	switch b.(type) {
	case tag.True:
		return b
	case tag.False:
		return a
	}
	return tag.Or{Left: a, Right: b}
}

// NotQuery returns the negation of p; constants are folded, a double negation is not.
func NotQuery(p tag.Predicate) tag.Predicate {
	switch p.(type) {
	case tag.True:
		return tag.False{}
	case tag.False:
		return tag.True{}
	}
	return tag.Not{Inner: p}
}

// Simplify removes constants from p as far as they go. With ignore, which is for queries in which clauses
// were replaced by true to ignore them, the negation of true is true as well.
func Simplify(p tag.Predicate, ignore bool) tag.Predicate {
	switch p := p.(type) {
	case tag.And:
		return AndQuery(Simplify(p.Left, ignore), Simplify(p.Right, ignore))
	case tag.Or:
		return OrQuery(Simplify(p.Left, ignore), Simplify(p.Right, ignore))
	case tag.Not:
		inner := Simplify(p.Inner, ignore)
		if _, ok := inner.(tag.True); ok && ignore {
			return inner
		}
		return NotQuery(inner)
	}
	return p
}

// mapClauses returns p with every condition on a key replaced by what clause returns for it. The words
// between are kept as they are.
func mapClauses(p tag.Predicate, clause func(key string, p tag.Predicate) tag.Predicate) tag.Predicate {
	switch p := p.(type) {
	case tag.And:
		return tag.And{Left: mapClauses(p.Left, clause), Right: mapClauses(p.Right, clause)}
	case tag.Or:
		return tag.Or{Left: mapClauses(p.Left, clause), Right: mapClauses(p.Right, clause)}
	case tag.Not:
		return tag.Not{Inner: mapClauses(p.Inner, clause)}
	}
	if key, ok := clauseKey(p); ok {
		return clause(key, p)
	}
	return p
}

// clauseKey returns the key that a condition is on; false for what is no condition on one key.
func clauseKey(p tag.Predicate) (key string, ok bool) {
	switch p := p.(type) {
	case tag.Has:
		return p.Key, true
	case tag.Equal:
		return p.Key, true
	case tag.Compare:
		return p.Key, true
	case tag.Match:
		return p.Key, true
	case tag.In:
		return p.Key, true
	}
	return "", false
}

// ExactKeys returns the keys whose value p fixes, each once. They are the tags that an aggregate keeps.
func ExactKeys(p tag.Predicate) []string {
	switch p := p.(type) {
	case tag.And:
		keys := ExactKeys(p.Left)
		for _, key := range ExactKeys(p.Right) {
			if !subset([]string{key}, keys) {
				keys = append(keys, key)
			}
		}
		return keys
	case tag.Equal:
		return []string{p.Key}
	}
	return nil
}

// ExactTags returns the tags that p fixes; of a key given twice the right value.
func ExactTags(p tag.Predicate) tag.Tags {
	var all tag.Tags
	var collect func(p tag.Predicate)
	collect = func(p tag.Predicate) {
		switch p := p.(type) {
		case tag.And:
			collect(p.Left)
			collect(p.Right)
		case tag.Equal:
			all = append(all, tag.Tag(p))
		}
	}
	collect(p)
	return tag.Sort(all)
}
