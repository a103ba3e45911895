package expr

import (
	"slices"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// regroup groups lines that are groups already, or else everything below that can be.
func regroup(m *stack.Machine, operands []any) error {
	e, keys := operands[0].(Expr), operands[1].([]string)
	if c, ok := e.(*Collapse); ok && c.Input.IsGrouped() {
		e, err := newRegroup(c, keys)
		return push(m, e, err)
	}
	if e.IsGrouped() {
		e, err := newRegroup(&Collapse{tsdb.Sum, e}, keys)
		return push(m, e, err)
	}
	c := &change{machine: m, expr: func(e Expr) (Expr, error) {
		switch e := e.(type) {
		case *Rewrite:
			return e.groupBy(m, keys)
		case *Data:
			return groupData(e, keys)
		case *Collapse:
			if e.Input.IsGrouped() {
				return newRegroup(e, keys)
			}
		}
		return nil, nil
	}}
	e, err := c.apply(e)
	return push(m, e, err)
}

func commonGroup(m *stack.Machine, operands []any) error {
	e, err := withCommonKeys(m, operands[0].(Expr), operands[1].([]string))
	return push(m, e, err)
}

// withCommonKeys adds keys to every grouping in e.
func withCommonKeys(m *stack.Machine, e Expr, keys []string) (Expr, error) {
	c := &change{machine: m, expr: func(e Expr) (Expr, error) {
		switch e := e.(type) {
		case *Rewrite:
			return e.withCommonKeys(m, keys)
		case *Data:
			if e.All || !e.Grouped {
				return groupData(e, keys)
			}
			more := *e
			more.Keys = mergeKeys(e.Keys, keys)
			return &more, nil
		case *Collapse:
			input, err := withCommonKeys(m, e.Input, keys)
			if err != nil {
				return nil, err
			}
			return newRegroup(&Collapse{e.Aggregate, input}, keys)
		case *Regroup:
			input, err := withCommonKeys(m, e.Collapse.Input, keys)
			if err != nil {
				return nil, err
			}
			return newRegroup(&Collapse{e.Collapse.Aggregate, input}, mergeKeys(e.Keys, keys))
		}
		return nil, nil
	}}
	return c.apply(e)
}

// withCommonKeys adds keys to a rewrite of a query; of any other it leaves the work to the general rule.
func (r *Rewrite) withCommonKeys(m *stack.Machine, keys []string) (Expr, error) {
	if _, ok := r.Shown.(Query); !ok {
		return nil, nil
	}
	if !r.Eval.IsGrouped() {
		return r.groupBy(m, keys)
	}
	eval, err := withCommonKeys(m, r.Eval, keys)
	if err != nil {
		return nil, err
	}
	changed := *r
	changed.Eval = eval
	return &changed, nil
}

// mergeKeys returns keys and those of more that are not among them.
func mergeKeys(keys, more []string) []string {
	merged := slices.Clone(keys)
	for _, key := range more {
		if !slices.Contains(keys, key) {
			merged = append(merged, key)
		}
	}
	return merged
}
