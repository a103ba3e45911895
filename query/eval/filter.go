package eval

import (
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// filter keeps the lines of the left for which the right is true at least once: a number other than 0 and NaN, at any step of the range.
func (r *run) filter(e *expr.Filter, n *node) (lineSet, error) {
	left := r.pass(n)
	set := lineSet{shared: left.shared}
	keep, err := filterBy(e, r.input(n, 1))
	if err != nil {
		return lineSet{}, err
	}
	for _, l := range left.lines {
		if keep(l) {
			set.lines = append(set.lines, l)
		}
	}
	set.notice = fmt.Sprintf("%d of %d lines matched filter", len(set.lines), len(left.lines))
	return set, nil
}

// filterBy returns the condition on lines of the left that the lines of the right stand for: one for all
// where the right is not grouped, else that of the only line with the same group.
func filterBy(e *expr.Filter, right []line) (keep func(l line) bool, err error) {
	if !e.Right.IsGrouped() {
		switch {
		case len(right) == 0:
			return nil, stack.Require("empty result for filter expression")
		case len(right) > 1:
			return nil, stack.Require("ungrouped filter should have a single result")
		}
		all := anyTrue(right[0].values)
		return func(line) bool { return all }, nil
	}
	index := newGroupIndex(right, e.Left)
	return func(l line) bool {
		i, err := index.find(l)
		return err == nil && i >= 0 && anyTrue(right[i].values)
	}, nil
}

func anyTrue(values []float64) bool { return slices.ContainsFunc(values, expr.Truth) }
