package eval

import (
	"fmt"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// An Online is a stateful word at work on one line: it is shown the values of the line one after the
// other, missing ones too, and answers each. This is the only definition of the word. A graph loops
// over it (Stateful in run), a stream keeps it between steps, as bytes between processes.
type Online interface {
	// Next returns the output for the next value; either may be NaN.
	Next(v float64) float64
	// Reset forgets every value.
	Reset()
	// Idle reports whether the next outputs would be the same after a Reset, or as good as: a stream then
	// drops the state of a line that has ended.
	Idle() bool
	// AppendState appends the state to dst. Settings are no part of it.
	AppendState(dst []byte) []byte
	// SetState takes the state from the start of src, which AppendState of an equal word wrote, and
	// returns what follows. After an error, ErrState, the word is reset.
	SetState(src []byte) (rest []byte, err error)
}

// maxWindow bounds the length of a window: a day of seconds, 0.7 MB a line.
const maxWindow = 86400

// NewOnline returns the algorithm of a stateful expression, for lines on the grid of stepMillis whose
// first value is that of startMillis. It is here that the settings are checked: the error is a *stack.Error.
func NewOnline(s *expr.Stateful, startMillis, stepMillis int64) (Online, error) {
	window := int(s.Window)
	switch s.Op {
	case expr.Delay, expr.RollingCount, expr.RollingMin, expr.RollingMax, expr.RollingMean, expr.RollingSum:
		return newRolling(s, window)
	case expr.Trend:
		return newTrend(s.Span.Milliseconds() / stepMillis)
	case expr.Des:
		return &smoothing{training: window, alpha: s.Alpha, beta: s.Beta}, nil
	case expr.SlidingDes:
		return newSliding(s, startMillis, stepMillis)
	case expr.Integral:
		return newRunning(addSkip), nil
	case expr.CumulativeMax:
		return newRunning(greatest), nil
	case expr.Derivative:
		d := &derivative{}
		d.Reset()
		return d, nil
	}
	panic(fmt.Sprintf("eval: stateful word %d has no algorithm", s.Op))
}

func newRolling(s *expr.Stateful, window int) (Online, error) {
	if err := checkWindow(int64(window)); err != nil {
		return nil, err
	}
	last := newRing(window)
	switch s.Op {
	case expr.Delay:
		return &delay{last}, nil
	case expr.RollingCount:
		return &rollingCount{last: last}, nil
	case expr.RollingMin:
		return newRollingExtreme(last, least), nil
	case expr.RollingMax:
		return newRollingExtreme(last, greatest), nil
	case expr.RollingSum:
		return &rollingSum{window: newSummed(last)}, nil
	}
	switch {
	case s.MinValues < 1:
		return nil, stack.Require("minimum number of values must be >= 1")
	case int(s.MinValues) > window:
		return nil, stack.Require("minimum number of values must be <= window size")
	}
	return &rollingMean{window: newSummed(last), minValues: int(s.MinValues)}, nil
}

func checkWindow(size int64) error {
	if size < 1 || size > maxWindow {
		return stack.Require("window size must be between 1 and %d: %d", maxWindow, size)
	}
	return nil
}

// runOnline replaces the values of one line by the outputs of a word that was reset.
func runOnline(word Online, dst, src []float64) {
	for i, v := range src {
		dst[i] = word.Next(v)
	}
}
