package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A smoothing is double exponential smoothing: it answers, before it looks at a value, what it expected
// from the ones before. During training, which counts values and not steps, the answer is NaN.
// Where values are missing the last expectation repeats.
type smoothing struct {
	training    int
	alpha, beta float64

	seen    int // values that were there
	missing int // steps without a value since the last one that was there
	level   float64
	slope   float64
}

func (s *smoothing) Next(v float64) float64 {
	expected := math.NaN()
	if s.seen >= s.training && s.seen > 0 {
		expected = s.level
	}
	switch {
	case isNaN(v):
		s.missing++
		return expected
	case s.seen == 0:
		s.level, s.slope = v, 0
	default:
		level := s.alpha*v + (1-s.alpha)*(s.level+s.slope)
		s.slope = s.beta*(level-s.level) + (1-s.beta)*s.slope
		s.level = level
	}
	s.seen++
	s.missing = 0
	return expected
}

func (s *smoothing) Reset() { s.seen, s.missing, s.level, s.slope = 0, 0, 0, 0 }

func (s *smoothing) Idle() bool { return s.missing >= s.training }

// A sliding word runs two smoothings over the same values and answers with one of them. After every
// training period the one in use starts afresh and the other, trained by then, takes over: so an answer
// depends on two periods at most.
type sliding struct {
	first, second smoothing
	onSecond      bool
	steps         int // since the last hand-over
}

func (s *sliding) Next(v float64) float64 {
	used, answer := &s.first, s.first.Next(v)
	if other := s.second.Next(v); s.onSecond {
		used, answer = &s.second, other
	}
	if s.steps++; s.steps == s.first.training {
		used.Reset()
		s.onSecond, s.steps = !s.onSecond, 0
	}
	return answer
}

func (s *sliding) Reset() {
	s.first.Reset()
	s.second.Reset()
	s.onSecond, s.steps = false, 0
}

func (s *sliding) Idle() bool { return false }

// A blind word shows another one NaN for the first steps, and the values from then on.
type blind struct {
	steps int
	seen  int // at most steps
	word  Online
}

func (b *blind) Next(v float64) float64 {
	if b.seen < b.steps {
		b.seen++
		v = math.NaN()
	}
	return b.word.Next(v)
}

func (b *blind) Reset()     { b.seen = 0; b.word.Reset() }
func (b *blind) Idle() bool { return false }

// newSliding returns a sliding smoothing that is blind up to the first multiple of the training period
// at or after the start. It hands over at start + training all the same: only starts that differ by a
// multiple of the period give the same answers for the same time, and this is so in Atlas too.
func newSliding(s *expr.Stateful, startMillis, stepMillis int64) (Online, error) {
	training := int64(s.Window)
	if training < 1 {
		return nil, stack.Errorf(stack.Arithmetic, "the training size of :sdes must be 1 or more: %d", training)
	}
	one := smoothing{training: int(training), alpha: s.Alpha, beta: s.Beta}
	word := &sliding{first: one, second: one}
	period := training * stepMillis
	skipped := (period - startMillis%period) % period / stepMillis
	if skipped == 0 {
		return word, nil
	}
	return &blind{steps: int(skipped), word: word}, nil
}
