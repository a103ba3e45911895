package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

var (
	crashCycles = flag.Int("crash.cycles", 20, "how often TestCrash kills the server")
	crashStep   = flag.Int64("crash.step", 1000, "step of TestCrash in milliseconds")
	crashSeries = flag.Int("crash.series", 4, "how many series of each kind a client of TestCrash has")
	crashLife   = flag.Duration("crash.life", 150*time.Millisecond, "how long a life of the server in TestCrash is at most")
	crashSeed   = flag.Uint64("crash.seed", 0, "seed of TestCrash; 0 chooses one")
)

// crashClients publish at the same time.
const crashClients = 4

// A crashTest is a server that is killed, beside one that is not: the oracle, in this process, which is
// given the acknowledged batches, each client's in order.
type crashTest struct {
	dir    string
	rng    *rand.Rand
	start  int64 // before the first sample
	loads  []*crashLoad
	server *process
	oracle client
	sent   int // samples that were acknowledged
}

// TestCrash kills the server at random moments under load. After each restart every acknowledged sample must be
// there: on the grid with the exact value, off the grid and for counters with what the oracle has. The long run, ten
// million samples with flushes and compactions in between:
//
//	go test ./cmd/telamon -run 'TestCrash$' -timeout 3h -crash.cycles 300 -crash.series 60 -crash.life 2s
//	… the same with -crash.step 100
func TestCrash(t *testing.T) {
	t.Parallel()
	seed := *crashSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-crash.seed=%d", seed)
	settings := testSettings(t)
	settings.Step, settings.fs = time.Duration(*crashStep)*time.Millisecond, vfstest.NewMemory()
	c := &crashTest{
		dir:   t.TempDir(),
		rng:   rand.New(rand.NewPCG(seed, 0)),
		start: time.Now().Add(-12*time.Hour).Unix() * 1000,
	}
	c.oracle, _ = runServer(t, settings)
	for i := range crashClients {
		c.loads = append(c.loads, newCrashLoad(1+i, seed, c.start+200**crashStep))
	}
	t.Cleanup(func() {
		if c.server != nil {
			c.server.kill()
		}
	})
	for cycle := range *crashCycles {
		if err := c.cycle(t.Context(), cycle == 0); err != nil {
			t.Fatalf("cycle %d of -crash.seed=%d: %v", cycle, seed, err)
		}
	}
	if err := c.last(t.Context()); err != nil {
		t.Fatalf("-crash.seed=%d: %v", seed, err)
	}
	log, err := os.ReadFile(c.server.output)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d samples acknowledged, %d crashes, %d flushes, %d compactions", c.sent, *crashCycles,
		bytes.Count(log, []byte("windows written to files")), bytes.Count(log, []byte("files merged")))
}

// cycle is one life of the server, with a check at its beginning and a crash at its end.
func (c *crashTest) cycle(ctx context.Context, first bool) error {
	if c.rng.IntN(4) == 0 { // a crash while it starts
		if err := c.begin(); err != nil {
			return err
		}
		time.Sleep(time.Duration(c.rng.IntN(40)) * time.Millisecond)
		c.server.kill()
	}
	server, err := c.restart(ctx)
	if err != nil {
		return err
	}
	if first {
		if err := c.each(func(l *crashLoad) error { return l.send(ctx, server, l.next()) }); err != nil {
			return err
		}
	}
	c.loadWhile(ctx, server, func() {
		time.Sleep(time.Duration(c.rng.Int64N(int64(*crashLife))))
		c.server.kill()
	})
	return nil
}

// last is a life that ends in peace and one that shows what was left.
func (c *crashTest) last(ctx context.Context) error {
	server, err := c.restart(ctx)
	if err != nil {
		return err
	}
	c.loadWhile(ctx, server, func() {
		time.Sleep(50 * time.Millisecond)
		err = c.server.signal(syscall.SIGTERM)
		<-c.server.done
	})
	if status := c.server.cmd.ProcessState.ExitCode(); err != nil || status != 0 {
		return errors.Join(fmt.Errorf("SIGTERM under load: status %d", status), err)
	}
	if server, err = c.restart(ctx); err != nil {
		return err
	}
	// Further samples bring to light what was gathered of intervals that were not over.
	for range 3 {
		if err := c.each(func(l *crashLoad) error { return l.send(ctx, server, l.next()) }); err != nil {
			return err
		}
	}
	return c.check(ctx, server, math.MaxInt64)
}

func (c *crashTest) begin() (err error) {
	c.server, err = startProcess(c.dir, "server", nil, "serve", "--listen", "127.0.0.1:0", "--data", "data",
		"--step", time.Duration(*crashStep*int64(time.Millisecond)).String(), "--max-age", "1d", "--self", "off")
	return err
}

// restart starts the server, settles what is in doubt and checks.
func (c *crashTest) restart(ctx context.Context) (client, error) {
	skip := fileSize(c.dir + "/server.out")
	if err := c.begin(); err != nil {
		return client{}, err
	}
	address, err := c.server.address(skip)
	if err != nil {
		return client{}, err
	}
	server := client{address}
	if err := server.waitReady(); err != nil {
		return client{}, err
	}
	if err := c.each(func(l *crashLoad) error { return l.settle(ctx, server) }); err != nil {
		return client{}, err
	}
	return server, c.check(ctx, server, recentSteps)
}

// each runs do for all clients at the same time.
func (c *crashTest) each(do func(*crashLoad) error) error {
	errs := make([]error, len(c.loads))
	var running sync.WaitGroup
	for i, l := range c.loads {
		running.Go(func() { errs[i] = do(l) })
	}
	running.Wait()
	return errors.Join(errs...)
}

// loadWhile lets all clients publish until end has ended the server.
func (c *crashTest) loadWhile(ctx context.Context, server client, end func()) {
	var ending sync.WaitGroup
	ending.Go(end)
	_ = c.each(func(l *crashLoad) error { // ends with an error, which settle looks into
		for {
			if err := l.send(ctx, server, l.next()); err != nil {
				return err
			}
		}
	})
	ending.Wait()
}

// recentSteps is how much is compared after each crash: nobody writes further back, and at the end all is compared.
const recentSteps = 1200

// check compares what is stored of so many steps, once nothing is in doubt.
func (c *crashTest) check(ctx context.Context, server client, steps int64) error {
	for _, l := range c.loads {
		for _, batch := range l.acked {
			c.sent += len(batch)
		}
	}
	return c.each(func(l *crashLoad) error {
		for _, batch := range l.acked {
			if err := c.oracle.publish(ctx, batch); err != nil {
				return fmt.Errorf("oracle: %w", err)
			}
		}
		l.acked = nil
		start := c.start
		if steps < (l.at-start) / *crashStep {
			start = l.at - steps**crashStep
		}
		got, err := server.slots(l.query(), start, l.at, *crashStep)
		if err != nil {
			return err
		}
		want, err := c.oracle.slots(l.query(), start, l.at, *crashStep)
		if err != nil {
			return err
		}
		if err := got.differ(want); err != nil {
			return fmt.Errorf("against the oracle: %w", err)
		}
		for key := range got {
			if l.stored[key] == nil {
				delete(got, key)
			}
		}
		return got.differ(l.stored.after(start))
	})
}
