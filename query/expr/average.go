package expr

import (
	"slices"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// An Average defines a word for an average over something other than the series themselves, such as the
// instances that are up: the sum of a query by the sum of Base.
type Average struct {
	Name string
	// Base selects the series that count; what the query says about Keys is added to it.
	Base tag.Predicate
	// Keys are those that the series of Base have. Grouping by others leaves the denominator in one.
	Keys []string
}

func (a *Average) word() stack.Word {
	return stack.Word{Name: a.Name, Signature: "Query -- TimeSeriesExpr", Matches: topIsQuery, Run: a.run,
		Summary: "The average of a query over the sum of " + Query{a.Base}.String() + ".", Examples: []string{"name,http.server.requests,:eq"}}
}

func topIsQuery(values []stack.Value) bool {
	if len(values) == 0 {
		return false
	}
	_, ok := values[len(values)-1].(Query)
	return ok
}

func (a *Average) run(m *stack.Machine, _ []any) error {
	q := m.Pop().(Query)
	eval, err := a.grouped(q, nil)
	if err != nil {
		return err
	}
	m.Push(&Rewrite{Name: a.Name, Shown: q, Eval: eval, average: a, vocabulary: m.Vocabulary()})
	return nil
}

// grouped returns the quotient for a query, grouped by keys unless there are none.
func (a *Average) grouped(shown Node, keys []string) (Expr, error) {
	q := shown.(Query).Predicate
	numerator, denominator := sumOf(q), sumOf(AndQuery(a.Base, a.common(q)))
	if keys != nil {
		numerator.Grouped, numerator.Keys = true, keys
		var known []string
		for _, key := range keys {
			if slices.Contains(a.Keys, key) {
				known = append(known, key)
			}
		}
		denominator.Grouped, denominator.Keys = known != nil, known
	}
	return newBinary(Div, numerator, denominator)
}

// common returns what q says about the keys of the base.
func (a *Average) common(q tag.Predicate) tag.Predicate {
	return Simplify(mapClauses(q, func(key string, clause tag.Predicate) tag.Predicate {
		if slices.Contains(a.Keys, key) {
			return clause
		}
		return tag.True{}
	}), true)
}
