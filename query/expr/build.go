package expr

import (
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// The constructors that check or derive something. Their errors are Atlas's, which quotes them to users.

// newBinary checks that the groups of both sides can be matched: one side's keys must include the other's.
func newBinary(op BinaryOp, left, right Expr) (Expr, error) {
	leftKeys, rightKeys := left.FinalGrouping(), right.FinalGrouping()
	rightInLeft := subset(rightKeys, leftKeys)
	if left.IsGrouped() && right.IsGrouped() && !rightInLeft && !subset(leftKeys, rightKeys) {
		return nil, stack.Invalid("both sides of binary operation must have the same grouping or one side"+
			" must be a subset of the other [%s ⊈ %s]", keyList(leftKeys), keyList(rightKeys))
	}
	keys := rightKeys
	if rightInLeft {
		keys = leftKeys
	}
	return &Binary{op, left, right, keys, left.IsGrouped() || right.IsGrouped()}, nil
}

// newFilter checks that lines are matched with one line or with lines that are groups like they.
func newFilter(left, right Expr) (Expr, error) {
	if !left.IsGrouped() && right.IsGrouped() {
		return nil, stack.Require("filter grouping must match expr grouping")
	}
	return &Filter{left, right}, nil
}

// newRegroup checks that the lines to combine are told apart by all of keys.
func newRegroup(c *Collapse, keys []string) (Expr, error) {
	if !c.Input.IsGrouped() {
		return nil, stack.Require("input expression must already be grouped with DataExpr.GroupBy")
	}
	if have := c.Input.FinalGrouping(); !subset(keys, have) {
		return nil, stack.Require("%s is not a subset of %s", keyList(keys), keyList(have))
	}
	return &Regroup{c, keys}, nil
}

func newRename(input Expr, from, to string) Expr {
	keys := slices.Clone(input.FinalGrouping())
	for i := range keys {
		if keys[i] == from {
			keys[i] = to
		}
	}
	return &Rename{input, from, to, keys}
}

// bucketKey is the key by which the buckets of a distribution are told apart, distinctKey the one for
// the registers of a distinct count.
const (
	bucketKey   = "percentile"
	distinctKey = "distinct"
)

// newPercentiles sorts the percentiles and drops double ones. Buckets must be grouped.
func newPercentiles(buckets *Data, values []float64) (Expr, error) {
	if !slices.Contains(buckets.Keys, bucketKey) {
		return nil, stack.Require("key list for group by must contain '%s'", bucketKey)
	}
	for _, v := range values {
		if !(v >= 0 && v <= 100) {
			return nil, stack.Require("invalid percentile %s, value must be 0.0 <= p <= 100.0", NumberText(v))
		}
	}
	values = slices.Clone(values)
	slices.Sort(values)
	return &Percentiles{buckets, without(buckets.Keys, bucketKey), slices.Compact(values)}, nil
}

// newApproxDistinct derives the reads of registers from the reads of input.
func newApproxDistinct(input Expr) (Expr, error) {
	reshape := &change{expr: func(e Expr) (Expr, error) {
		d, ok := e.(*Data)
		if !ok || d.All {
			return nil, nil
		}
		keys := append([]string{distinctKey}, d.Keys...)
		return &Data{Query: d.Query, Aggregate: tsdb.Max, Keys: keys, Grouped: true, Offset: d.Offset}, nil
	}}
	registers, err := reshape.apply(input)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(registers.FinalGrouping(), distinctKey) {
		return nil, stack.Require("input must have an aggregate that can be grouped by '%s'", distinctKey)
	}
	return &ApproxDistinct{input, registers, without(registers.FinalGrouping(), distinctKey)}, nil
}

// without returns keys without one; nil if nothing is left.
func without(keys []string, one string) []string {
	var kept []string
	for _, k := range keys {
		if k != one {
			kept = append(kept, k)
		}
	}
	return kept
}

// subset reports whether every one of part is among whole.
func subset(part, whole []string) bool {
	for _, one := range part {
		if !slices.Contains(whole, one) {
			return false
		}
	}
	return true
}

// keyList returns keys as messages show them, nothing escaped.
func keyList(keys []string) string { return "(," + strings.Join(keys, ",") + ",)" }
