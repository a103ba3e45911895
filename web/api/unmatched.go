package api

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// whyEmpty is the hint with which v2.json says, among the warnings, why there is nothing. Without it the answer is Atlas's to the
// last field.
const whyEmpty = "why-empty"

// Bounds of the search for what matches nothing: it follows an answer that was empty, and must not cost more than that.
const (
	unmatchedTimeout = 300 * time.Millisecond
	maxUnmatched     = 5 // data expressions that are explained
	maxClauses       = 8 // of a query, whose pairs and triples are tried
)

// remarkUnmatched returns a remark on each data expression of a graph for which the store had no series: which part of
// its query matches nothing, and what was probably meant. Where the time is not enough there are fewer.
func (a *API) remarkUnmatched(ctx context.Context, exprs []*expr.Styled, result *query.Result) []string {
	var remarks []string
	ctx, cancel := context.WithTimeout(ctx, unmatchedTimeout)
	defer cancel()
	u := unmatched{ctx, a.Store}
	empty := emptyReads(result)
	for _, s := range exprs {
		for _, d := range expr.DataExprs(s.Expr) {
			text := d.String()
			if !empty[text] || len(remarks) == maxUnmatched {
				continue
			}
			delete(empty, text) // it is explained once
			if remark := u.explain(d); remark != "" && !slices.Contains(remarks, remark) {
				remarks = append(remarks, remark)
			}
		}
	}
	return remarks
}

// emptyReads returns the data expressions, by their text, for which no series had a value in the range.
func emptyReads(result *query.Result) map[string]bool {
	series := map[int]int{} // by the number of the read, of which only the first node bears it
	for i := range result.Plan {
		series[result.Plan[i].Read] += result.Plan[i].Series
	}
	empty := map[string]bool{}
	for i := range result.Plan {
		if n := &result.Plan[i]; n.Read >= 0 && series[n.Read] == 0 {
			empty[n.What] = true
		}
	}
	return empty
}

// An unmatched finds out why a query matches nothing. It lives as long as one request.
type unmatched struct {
	ctx   context.Context
	store TagStore
}

// explain returns a remark for people on a data expression that yields nothing; "" where the store cannot say.
func (u unmatched) explain(d *expr.Data) string {
	parts := clausesOf(d.Query, nil)
	for _, part := range parts {
		if matches, known := u.matches(part); !known {
			return ""
		} else if !matches {
			return "nothing matches " + queryText(part) + u.meant(tag.True{}, part)
		}
	}
	if matches, known := u.matches(d.Query); !known {
		return ""
	} else if !matches {
		return u.explainTogether(parts, d.Query)
	}
	if d.Grouped {
		for _, key := range d.Keys {
			has := tag.Has{Key: key}
			if matches, known := u.matches(tag.And{Left: d.Query, Right: has}); known && !matches {
				return "no series that matches " + queryText(d.Query) + " has the key " + key + u.meant(d.Query, has)
			}
		}
	}
	return "series match " + queryText(d.Query) + ", but none of them has a value in this range"
}

// explainTogether returns the remark for clauses of which each matches something and all together nothing: the fewest that do
// not go together.
func (u unmatched) explainTogether(parts []tag.Predicate, whole tag.Predicate) string {
	if len(parts) <= maxClauses {
		for size := 2; size < len(parts) && size <= 3; size++ {
			for some := range choices(parts, size) {
				all := conjunction(some)
				if matches, known := u.matches(all); known && !matches {
					return u.together(some, all)
				}
			}
		}
	}
	return u.together(parts, whole)
}

func (u unmatched) together(parts []tag.Predicate, all tag.Predicate) string {
	remark := "nothing matches " + queryText(all) + ", though each part of it matches something"
	for i := len(parts) - 1; i >= 0; i-- {
		others := slices.Delete(slices.Clone(parts), i, i+1)
		if meant := u.meant(conjunction(others), parts[i]); meant != "" {
			return remark + meant
		}
	}
	return remark
}

// matches reports whether there is a series that matches p, and whether the store could say.
func (u unmatched) matches(p tag.Predicate) (matches, known bool) {
	keys, err := u.store.TagKeys(u.ctx, p, tsdb.Page{Limit: 1, Uncounted: true})
	return len(keys) > 0, err == nil
}

// meant returns "; did you mean x?" for a clause that names a key or value that is nearly one of the series that match where.
func (u unmatched) meant(where, clause tag.Predicate) string {
	page := tsdb.Page{Limit: countedTags, Uncounted: true}
	var name string
	var known []tsdb.TagCount
	var err error
	switch clause := clause.(type) {
	case tag.Equal:
		name = clause.Value
		known, err = u.store.TagValues(u.ctx, where, clause.Key, page)
		if err == nil && len(known) == 0 {
			return u.meant(where, tag.Has{Key: clause.Key}) // there is no such key
		}
	case tag.In:
		if len(clause.Values) == 1 {
			return u.meant(where, tag.Equal{Key: clause.Key, Value: clause.Values[0]})
		}
	case tag.Has:
		name = clause.Key
		known, err = u.store.TagKeys(u.ctx, where, page)
	}
	if err != nil {
		return ""
	}
	near := stack.NearestOf(name, func(yield func(string) bool) {
		for i := range known {
			if !yield(known[i].Text) {
				return
			}
		}
	})
	if near == "" || near == name {
		return ""
	}
	return "; did you mean " + near + "?"
}

func queryText(p tag.Predicate) string { return stack.Visible(expr.Query{Predicate: p}.String()) }

// clausesOf appends the predicates that p is a conjunction of, in the order written.
func clausesOf(p tag.Predicate, clauses []tag.Predicate) []tag.Predicate {
	if and, ok := p.(tag.And); ok {
		return clausesOf(and.Right, clausesOf(and.Left, clauses))
	}
	return append(clauses, p)
}

// conjunction returns the predicate that all of the clauses hold, of which there is at least one.
func conjunction(clauses []tag.Predicate) tag.Predicate {
	all := clauses[0]
	for _, one := range clauses[1:] {
		all = tag.And{Left: all, Right: one}
	}
	return all
}

// choices yields the ways to take so many of the clauses, 2 or 3, in their order.
func choices(clauses []tag.Predicate, size int) iter.Seq[[]tag.Predicate] {
	return func(yield func([]tag.Predicate) bool) {
		for i := range clauses {
			for j := range clauses[:i] {
				if size == 2 {
					if !yield([]tag.Predicate{clauses[j], clauses[i]}) {
						return
					}
					continue
				}
				for k := range clauses[:j] {
					if !yield([]tag.Predicate{clauses[k], clauses[j], clauses[i]}) {
						return
					}
				}
			}
		}
	}
}
