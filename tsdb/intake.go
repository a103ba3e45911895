package tsdb

import (
	"context"
	"sync"
)

// queuedBatches bounds the batches that wait for the commit under way; Append blocks beyond it.
const queuedBatches = 64

// An intake is the door of a DB: the queue before the committer, and the calls that Close waits for.
type intake struct {
	queue   chan *batch
	closing chan struct{}
	calls   sync.RWMutex // held for reading from enter to leave
	stop    sync.Once
}

func newIntake() *intake {
	return &intake{queue: make(chan *batch, queuedBatches), closing: make(chan struct{})}
}

// enter begins a call, or returns ErrClosed; after nil leave must be called.
func (in *intake) enter() error {
	in.calls.RLock()
	select {
	case <-in.closing:
		in.calls.RUnlock()
		return ErrClosed
	default:
		return nil
	}
}

func (in *intake) leave() { in.calls.RUnlock() }

// put waits for room in the queue.
func (in *intake) put(ctx context.Context, b *batch) error {
	if err := in.enter(); err != nil { // on its own first: with room in the queue, select would toss a coin
		return err
	}
	defer in.leave()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-in.closing:
		return ErrClosed
	case in.queue <- b:
		return nil
	}
}

// close lets nobody in any more, waits for those inside, and ends the queue. What is in it is still answered.
func (in *intake) close() {
	in.stop.Do(func() {
		close(in.closing)
		in.calls.Lock()
		close(in.queue)
		in.calls.Unlock()
	})
}
