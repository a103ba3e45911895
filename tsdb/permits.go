package tsdb

import (
	"context"
	"runtime"
)

// permits bound how many goroutines read for queries at a time, over all queries of a DB, to one less than there are
// processors: one is left for what is short. While all are busy the Go scheduler looks at the network only
// every 10 ms, and every commit and every request for tags would wait for that.
// A reader takes a permit for one shard at a time: so queries take turns, and a small one does not wait for the whole
// of a large one.
type permits chan struct{}

func newPermits() permits { return make(permits, max(1, runtime.GOMAXPROCS(0)-1)) }

// take waits for a permit; after nil giveBack must be called.
func (p permits) take(ctx context.Context) error {
	select {
	case p <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p permits) giveBack() { <-p }
