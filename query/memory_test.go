package query

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// TestMemory lets one wait for memory until another gives it back, a small one pass it, and a third wait in vain.
func TestMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		m := NewMemory(1 << 30)
		first, err := m.Borrow(ctx, 700<<20)
		if err != nil {
			t.Fatal(err)
		}
		granted := make(chan *Loan, 1)
		go func() {
			l, err := m.Borrow(ctx, 400<<20)
			if err != nil {
				t.Error(err)
			}
			granted <- l
		}()
		synctest.Wait()
		if len(granted) > 0 {
			t.Fatal("more was lent than there is")
		}
		small, err := m.Borrow(ctx, m.small())
		if err != nil {
			t.Errorf("a small one beside one that waits: %v", err)
		}
		small.Return()
		first.keep(600 << 20)
		second := <-granted
		begin := time.Now()
		if _, err := m.Borrow(ctx, 100<<20); !errors.Is(err, ErrBusy) || time.Since(begin) != memoryPatience {
			t.Errorf("after %s: %v, want ErrBusy", time.Since(begin), err)
		}
		if _, err := m.Borrow(ctx, 2<<30); !errors.As(err, new(*stack.Error)) {
			t.Errorf("more than there is: %v", err)
		}
		gone := errors.New("the client has gone")
		ended, cancel := context.WithCancelCause(ctx)
		cancel(gone)
		if _, err := m.Borrow(ended, 100<<20); !errors.Is(err, gone) {
			t.Errorf("got %v, want the cause", err)
		}
		first.Return()
		second.Return()
		if m.used != 0 || len(m.waiting) != 0 {
			t.Errorf("%d bytes are lent and %d wait, want none", m.used, len(m.waiting))
		}
	})
}

// TestEvaluationGrows evaluates with more memory than is tried at first; what the answer holds is given back with it.
func TestEvaluationGrows(t *testing.T) {
	e := NewEngine(Config{Store: tsdbtest.Fleet()})
	e.memory = NewMemory(8 << 20) // an evaluation gets 64 kB at first
	e.limits.Bytes = 4 << 20
	r := Request{Exprs: parseStyled(t, "name,sys.load,:eq,(,nf.node,),:by,:dup,1,:add"), Range: firstHour}
	results, err := e.EvalTogether(context.Background(), []Request{r})
	if err != nil {
		t.Fatal(err)
	}
	if used := e.memory.used; used < int64(len(results[0].Lines)*bytesPerShownLine) || used >= 2<<20 {
		t.Errorf("%d lines hold %d bytes", len(results[0].Lines), used)
	}
	results[0].Release()
	results[0].Release() // twice is once
	if e.memory.used != 0 {
		t.Errorf("%d bytes are lent after the release", e.memory.used)
	}
	e.limits.Bytes = 100
	if _, err := e.EvalTogether(context.Background(), []Request{r}); !errors.As(err, new(*stack.Error)) || e.memory.used != 0 {
		t.Errorf("too large: %v, %d bytes lent", err, e.memory.used)
	}
}

func parseStyled(t *testing.T, program string) []*expr.Styled {
	t.Helper()
	exprs, err := expr.Parse(program, expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return exprs
}

// TestRulesBesideQueries evaluates a rule while queries hold every turn and all memory that they can have.
func TestRulesBesideQueries(t *testing.T) {
	e := NewEngine(Config{Store: tsdbtest.Fleet()})
	for range turn.AllButOne() {
		held := e.turns.Turn()
		if err := held.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer held.End()
	}
	loan, err := e.memory.Borrow(t.Context(), e.memory.limit)
	if err != nil {
		t.Fatal(err)
	}
	defer loan.Return()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	lines, err := e.EvalStep(ctx, []expr.Expr{parseStyled(t, "name,sys.load,:eq,:sum")[0].Expr}, firstHour.End, firstHour.Step)
	if err != nil || len(lines) != 1 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

// TestSlowEvaluation ends one that never has its turn.
func TestSlowEvaluation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := NewEngine(Config{Store: tsdbtest.Fleet()})
		for range turn.AllButOne() {
			held := e.turns.Turn()
			if err := held.Begin(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer held.End()
		}
		_, err := e.Eval(t.Context(), Request{Exprs: parseStyled(t, "1"), Range: firstHour})
		if !errors.Is(err, ErrSlow) {
			t.Errorf("got %v, want ErrSlow", err)
		}
	})
}
