package alert

import (
	"math"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// withoutData returns those of the groups that end with these lines, by their canonical tags, for which there are no data
// although the expression has a value: words such as :rolling-count and :and make 0 of nothing. It evaluates what the
// expression reads at the same step, which happens only where an alert ends. After an error, nobody is sure: none.
func (l *ledger) withoutData(
	rule *Rule, lines []query.StepLine, evaluate func(expr.Expr) ([]query.StepLine, error),
) map[string]bool {
	if showsData(rule.Parsed) {
		return nil
	}
	var ending []*group
	byTags := trueFirst(lines)
	for key, g := range l.groups[rule.Name] {
		line, ok := byTags[key] // an overflow has none
		if g.state.Phase == Firing && ok && ReadingOf(line.Signal) == NotTrue && !math.IsNaN(line.Value) {
			ending = append(ending, g)
		}
	}
	if len(ending) == 0 {
		return nil
	}
	without := make(map[string]bool, len(ending))
	for _, g := range ending {
		without[string(g.tags.AppendCanonical(nil))] = true
	}
	asked := map[string]bool{}
	for _, d := range expr.DataExprs(rule.Parsed) {
		text := d.String()
		if d.Offset.Milliseconds() > 0 || asked[text] { // it is of the past, or was asked for
			continue
		}
		asked[text] = true
		data, err := evaluate(d)
		if err != nil {
			return nil
		}
		for _, g := range ending {
			if hasData(data, d, g.tags) {
				delete(without, string(g.tags.AppendCanonical(nil)))
			}
		}
	}
	if len(asked) == 0 {
		return nil
	}
	return without
}

// showsData reports whether the value of an alert is what the store has: then it is missing where that is.
func showsData(e expr.Expr) bool {
	if b, ok := e.(*expr.Binary); ok {
		switch b.Op {
		case expr.GreaterThan, expr.GreaterOrEqual, expr.LessThan, expr.LessOrEqual:
			e = b.Left
		}
	}
	_, ok := e.(*expr.Data)
	return ok
}

// hasData reports whether one of the lines that a read has belongs to a group and has a value. Keys of the read that
// the group does not have were aggregated away.
func hasData(lines []query.StepLine, d *expr.Data, group tag.Tags) bool {
	for _, line := range lines {
		if !math.IsNaN(line.Signal) && agree(line.Tags, group, d.Keys) {
			return true
		}
	}
	return false
}

func agree(a, b tag.Tags, keys []string) bool {
	for _, key := range keys {
		inA, okA := a.Get(key)
		inB, okB := b.Get(key)
		if okA && okB && inA != inB {
			return false
		}
	}
	return true
}
