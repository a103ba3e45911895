package expr

import (
	"cmp"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Normalize returns the text of s in the form that two ways of writing one expression share: clauses of
// queries sorted, double and redundant ones removed, variables of the legend in parentheses, and without
// the words :const and :line.
func Normalize(s *Styled) (string, error) {
	if tooLarge(s) {
		return "", tooLargeError()
	}
	normal, err := normalizeStats(normalizeLegend(s))
	if err != nil {
		return "", err
	}
	c := &change{query: normalizeQuery}
	n, err := c.node(normal)
	if err != nil {
		return "", err
	}
	return strings.NewReplacer(",:const", "", ",:line", "").Replace(n.String()), nil
}

func normalizeLegend(s *Styled) *Styled {
	legend, ok := s.Settings.Get("legend")
	if !ok {
		return s
	}
	return s.with("legend", Substitute(legend, func(name string) string { return "$(" + name + ")" }))
}

// normalizeStats writes the statistic of what a filter is about as such.
func normalizeStats(s *Styled) (*Styled, error) {
	c := &change{expr: func(e Expr) (Expr, error) {
		f, ok := e.(*Filter)
		if !ok {
			return nil, nil
		}
		left := f.Left.String()
		shorten := &change{expr: func(e Expr) (Expr, error) {
			if s, ok := e.(*Stat); ok && !s.Short && statTypes[s.Name] != "" && s.Input.String() == left {
				return &StatOf{s.Name}, nil
			}
			return nil, nil
		}}
		right, err := shorten.apply(f.Right)
		if err != nil {
			return nil, err
		}
		return newFilter(f.Left, right)
	}}
	e, err := c.apply(s.Expr)
	return &Styled{Expr: e, Settings: s.Settings}, err
}

// A clause is a part of a conjunction with its text.
type clause struct {
	p    tag.Predicate
	text string
}

func newClause(p tag.Predicate) clause { return clause{p, Query{p}.String()} }

// normalizeQuery returns p in disjunctive normal form, everything sorted.
func normalizeQuery(p tag.Predicate) (tag.Predicate, error) {
	conjunctions, err := Conjunctions(Simplify(p, false))
	if err != nil {
		return nil, err
	}
	all := make([][]clause, 0, len(conjunctions))
	seen := map[string]bool{}
	for _, one := range conjunctions {
		clauses, err := normalizeClauses(one)
		if err != nil {
			return nil, err
		}
		if key := clausesKey(clauses); !seen[key] {
			seen[key] = true
			all = append(all, clauses)
		}
	}
	joined := make([]clause, 0, len(all))
	for _, clauses := range withoutRedundant(all) {
		q := clauses[0].p
		for _, next := range clauses[1:] {
			q = tag.And{Left: q, Right: next.p}
		}
		joined = append(joined, newClause(q))
	}
	slices.SortStableFunc(joined, func(a, b clause) int { return stack.CompareText(a.text, b.text) })
	q := joined[0].p
	for _, next := range joined[1:] {
		q = tag.Or{Left: q, Right: next.p}
	}
	return q, nil
}

func clausesKey(clauses []clause) string {
	var b strings.Builder
	for _, c := range clauses {
		b.WriteString(c.text)
		b.WriteByte(0)
	}
	return b.String()
}

// normalizeClauses returns the clauses of a conjunction, each once, in order.
func normalizeClauses(conjunction tag.Predicate) ([]clause, error) {
	parts, err := Clauses(conjunction)
	if err != nil {
		return nil, err
	}
	var clauses []clause
	seen := map[string]bool{}
	for _, p := range parts {
		if in, ok := p.(tag.In); ok {
			values := slices.Clone(in.Values)
			slices.SortFunc(values, stack.CompareText)
			p = inQuery(in.Key, slices.Compact(values))
		}
		if c := newClause(p); !seen[c.text] {
			seen[c.text] = true
			clauses = append(clauses, c)
		}
	}
	slices.SortStableFunc(clauses, compareClauses)
	return clauses, nil
}

// withoutRedundant drops the conjunctions that have all clauses of every other. One that has all clauses
// of some others is as redundant, and stays, as in Atlas.
func withoutRedundant(all [][]clause) [][]clause {
	if len(all) < 2 {
		return all
	}
	counts := map[string]int{} // in how many conjunctions a clause is
	for _, clauses := range all {
		for _, c := range clauses {
			counts[c.text]++
		}
	}
	var kept [][]clause
	for _, clauses := range all {
		if len(clauses) < len(counts) {
			kept = append(kept, clauses)
		}
	}
	return kept
}

// The keys that come first in a conjunction, in this order, and the one that comes last.
var firstKeys = []string{"name", "nf.app", "nf.stack", "nf.cluster", "nf.asg", "nf.region", "nf.zone", "nf.node"}

const lastKey = "statistic"

func compareClauses(a, b clause) int {
	x, y := leftKey(a.p), leftKey(b.p)
	if x == y {
		return stack.CompareText(a.text, b.text)
	}
	if order := cmp.Compare(keyRank(x), keyRank(y)); order != 0 {
		return order
	}
	return stack.CompareText(a.text, b.text)
}

func keyRank(key string) int {
	if at := slices.Index(firstKeys, key); at >= 0 {
		return at
	}
	if key == lastKey {
		return len(firstKeys) + 1
	}
	return len(firstKeys)
}

// leftKey returns the key of the leftmost condition, or "".
func leftKey(p tag.Predicate) string {
	for {
		switch inner := p.(type) {
		case tag.And:
			p = inner.Left
		case tag.Or:
			p = inner.Left
		case tag.Not:
			p = inner.Inner
		default:
			key, _ := clauseKey(p)
			return key
		}
	}
}
