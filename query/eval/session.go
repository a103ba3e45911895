package eval

import (
	"context"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// A Session runs one plan over ranges that follow each other, as a stream of chunks does: stateful words go
// on where the last run stopped. Everything else sees one range at a time; :topk ranks, and :stat
// summarises, what the chunk has. It is for one goroutine.
type Session struct{ plan *Plan }

// maxRemembered bounds the values in the windows of all words and lines of a session: 128 MB.
const maxRemembered = 16 << 20

// Session returns a session of p in which no word has seen a value yet.
func (p *Plan) Session() *Session {
	own := *p
	own.memory = &memory{words: map[*node]map[string]Online{}}
	return &Session{&own}
}

// Run is Plan.Run. The range begins where that of the last run ended and has its step. After an error the
// session is of no more use.
func (s *Session) Run(ctx context.Context, store tsdb.Selector, rng Range, limits Limits) (*Outcome, error) {
	return s.plan.Run(ctx, store, rng, limits)
}

// A memory has what the stateful words of a session remember: of each node, of each line, by the canonical
// form of its tags.
type memory struct {
	words  map[*node]map[string]Online
	values int // that fit into their windows
}

// of returns what is remembered for n.
func (m *memory) of(n *node) map[string]Online {
	if m.words[n] == nil {
		m.words[n] = map[string]Online{}
	}
	return m.words[n]
}

// resume is stateful in a session.
func (r *run) resume(e *expr.Stateful, n *node) (lineSet, error) {
	remembered := r.plan.memory.of(n)
	window := windowOf(e, r.rng.Step)
	out, in := r.own(n)
	seen := make(map[string]bool, len(in))
	var failure error
	err := r.eachLine(len(in), func(i int) {
		key := string(in[i].tags.AppendCanonical(nil))
		seen[key] = true
		word, known := remembered[key]
		if !known {
			if word, failure = r.plan.memory.add(e, r.rng, window); failure != nil {
				return
			}
			remembered[key] = word
		}
		runOnline(word, out.lines[i].values, in[i].values)
		out.lines[i].label = in[i].label.within(statefulNames[e.Op])
	})
	if failure != nil {
		return lineSet{}, failure
	}
	if err != nil {
		return lineSet{}, err
	}
	return out, r.ageUnseen(remembered, seen, window)
}

// windowOf returns how many values e remembers of a line, 1 where it is a few numbers.
func windowOf(e *expr.Stateful, stepMillis int64) int {
	switch e.Op {
	case expr.Delay, expr.RollingCount, expr.RollingMin, expr.RollingMax, expr.RollingMean, expr.RollingSum:
		return int(e.Window)
	case expr.Trend:
		return int(e.Span.Milliseconds() / stepMillis)
	}
	return 1
}

// add returns a new word, if there is room for what it will remember.
func (m *memory) add(e *expr.Stateful, rng Range, window int) (Online, error) {
	word, err := NewOnline(e, rng.Start, rng.Step)
	if err != nil {
		return nil, err
	}
	if m.values += window; m.values > maxRemembered {
		return nil, stack.Require("the windows of :%s and others would hold more than %d values", statefulNames[e.Op], maxRemembered)
	}
	return word, nil
}

// ageUnseen lets time pass for the lines that had no value in the whole range, and forgets those of which
// nothing is left to remember. Atlas does so, too, or its state would grow with every line that ever was.
func (r *run) ageUnseen(remembered map[string]Online, seen map[string]bool, window int) error {
	var unseen []string
	for key := range remembered {
		if !seen[key] {
			unseen = append(unseen, key)
		}
	}
	gap := newMissing(r.rng.Len())
	scratch := make([]float64, len(gap))
	return r.eachLine(len(unseen), func(i int) {
		word := remembered[unseen[i]]
		runOnline(word, scratch, gap)
		if word.Idle() {
			delete(remembered, unseen[i])
			r.plan.memory.values -= window
		}
	})
}
