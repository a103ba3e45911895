package eval

import "github.com/telamon-tsdb/telamon/query/stack"

// A budget counts the bytes of columns that a run holds, against a limit. Zero is no limit. Need is 0, or what would have
// been used had the limit been higher.
type budget struct{ limit, used, need int64 }

const (
	bytesPerValue = 8
	// bytesPerLine stands for what a line costs besides its values: tags, label, headers.
	bytesPerLine = 300
)

// take adds bytes, unless that exceeds the limit.
func (b *budget) take(bytes int64) error {
	if b.limit > 0 && b.used+bytes > b.limit {
		b.need = b.used + bytes
		return b.exceeded(bytes)
	}
	b.used += bytes
	return nil
}

func (b *budget) exceeded(bytes int64) error {
	return &LimitError{"bytes", int(b.used + bytes), int(b.limit), stack.Require(
		"the query needs more than %d MB of memory: ask for fewer lines, a larger step or a shorter range", b.limit>>20)}
}

// left returns what may still be taken, at least 1: to a store 0 is no limit.
func (b *budget) left() int {
	if b.limit == 0 {
		return 0
	}
	return int(max(1, b.limit-b.used))
}

// checkRange refuses a range that is none, and one of which not even a single line fits into the budget.
func (s *source) checkRange() error {
	g := s.rng
	switch {
	case g.Start >= g.End || g.End-g.Start < 0: // or so far apart that no number says how far
		return stack.Require("start must be less than end: %d >= %d", g.Start, g.End)
	case g.Step <= 0 || g.Primary <= 0 || g.Step%g.Primary != 0 || g.Start%g.Step != 0 || g.End%g.Step != 0:
		return stack.Require("range %d to %d does not lie on the grid of step %d over primary step %d",
			g.Start, g.End, g.Step, g.Primary)
	}
	line := budget{limit: s.budget.limit}
	err := line.take((g.End-g.Start)/g.Step*bytesPerValue + maskBytes(g.End-g.Start, g.Step, g.Primary))
	s.budget.need = line.need
	return err
}

// maskBytes returns the size of the bits in a column that tell which primary steps had a value: of a range of
// centuries they are most of it, whatever the step.
func maskBytes(span, step, primary int64) int64 {
	if step == primary {
		return 0
	}
	return span / primary / 8
}
