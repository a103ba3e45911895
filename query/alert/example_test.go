package alert_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/query/alert/notify"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// The life of a manager as a program wires it.
func Example() {
	const step = time.Minute
	log, err := wal.Open(wal.Config{FS: vfstest.NewMemory(), Dir: "wal"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer log.Close()
	engine := query.NewEngine(query.Config{Store: tsdbtest.NewStore(step.Milliseconds())})
	hooks := notify.NewWebhook()
	defer hooks.Close()

	manager := alert.New(alert.Config{
		Clock:    stream.Clock{Step: step, Delay: step},
		Evaluate: alert.FromEngine(engine, step),
		Append:   log.Append,
		Send: func(ctx context.Context, to alert.Receiver, event []byte) error {
			return hooks.Post(ctx, to.Webhook.URL, event)
		},
	})
	// One replay restores all owners of records; each takes its own.
	err = log.Replay(func(_ wal.Position, r wal.Record) error { return manager.Replay(r) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	// The same two lines again on SIGHUP.
	_, err = alert.Load([]byte("rules:\n- name: Down\n  expr: name,up,:eq,:sum,1,:lt\n  for: 3 minutes\n"), expr.Options{})
	fmt.Println("rules.yaml:", err)
	if err := manager.SetRules(context.Background(), &alert.Rules{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	manager.Start()
	manager.Close() // before the log

	// Output: rules.yaml: line 4, column 8: for: invalid period 3 minutes (write 30s, 3m, 1h or PT5M)
}
