package query

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// TestGate fills a gate for one that runs and one that waits.
func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		waiting, cancel := context.WithCancelCause(t.Context())
		gone := errors.New("the client has gone")
		entered := make(chan error)
		go func() { entered <- g.enter(waiting) }()
		synctest.Wait()
		if err := g.enter(t.Context()); !errors.Is(err, ErrBusy) {
			t.Errorf("a third one: %v, want ErrBusy", err)
		}
		cancel(gone)
		if err := <-entered; !errors.Is(err, gone) {
			t.Errorf("the one that waited and hung up: %v, want its cause", err)
		}
		go func() { entered <- g.enter(t.Context()) }()
		synctest.Wait()
		g.leave()
		if err := <-entered; err != nil {
			t.Errorf("the one that waited: %v, want its turn", err)
		}
		g.leave()
	})
}
