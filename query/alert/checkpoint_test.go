package alert

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// TestCheckpointInPieces: however much a dead receiver leaves waiting, no append of a checkpoint is more than the log
// takes at once, and a replay of them has all that waits.
func TestCheckpointInPieces(t *testing.T) {
	var log memoryLog
	largest, calls := 0, 0
	cfg := Config{
		Clock: stream.Clock{Step: time.Second}, Evaluate: (&fakeEngine{}).Evaluate, Send: (&fakeReceiver{}).Send,
		Append: func(ctx context.Context, records ...wal.Record) error {
			size := 0
			for _, r := range records {
				size += len(r.Body)
			}
			largest, calls = max(largest, size), calls+1
			return log.Append(ctx, records...)
		},
	}
	m := New(cfg)
	for i := range 10_000 {
		n := letter(fmt.Sprint("a", i, "-"), "dead", int64(i))
		n.Body = fmt.Appendf(nil, "%q", strings.Repeat("x", 20_000))
		m.box.add(n, time.Now())
	}
	waiting, givenUp := m.box.counts()
	if m.box.bytes > maxWaitingBytes || givenUp == 0 {
		t.Fatalf("%d notifications of %d bytes wait, %d given up", waiting, m.box.bytes, givenUp)
	}
	if err := m.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if largest > 2*pieceBytes || calls < maxWaitingBytes/pieceBytes/2 {
		t.Errorf("%d appends of up to %d bytes", calls, largest)
	}
	again := New(cfg)
	log.replay(t, again)
	if n, _ := again.box.counts(); n != waiting {
		t.Errorf("%d notifications wait after a replay, want %d", n, waiting)
	}
}
