package eval

import (
	"context"

	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// A pace is what a run stops for: it gives up when its context is cancelled, and lets others have their turn.
type pace struct {
	ctx  context.Context
	turn *turn.Turn
}

// linesPerCheck is how many lines are computed between two looks at the context and the turn: the slowest word, a
// window of a day over a year of minutes, needs about a millisecond a line.
const linesPerCheck = 16

// eachLine calls do with the numbers 0 to n-1 until the context is cancelled.
func (p pace) eachLine(n int, do func(i int)) error {
	for i := range n {
		if i%linesPerCheck == 0 {
			if err := p.turn.Yield(p.ctx); err != nil {
				return err
			}
		}
		do(i)
	}
	return nil
}
