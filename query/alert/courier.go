package alert

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// How attempts are repeated: after half a second, then twice as long each time up to a minute, each
// wait shortened at random by up to a half, so that alerts that failed together come back apart.
const (
	firstRetry = 500 * time.Millisecond
	maxRetry   = time.Minute
	// attemptTimeout bounds one attempt, from the dial to the last byte of the answer.
	attemptTimeout = 10 * time.Second
)

// errNoReceiver reports a notification for a receiver that is not in the rules in force. It waits as for one
// that does not answer: a server may have been started with the wrong rules file, or none.
var errNoReceiver = errors.New("the receiver is not in the rules file: declare it again and the news go out")

// backoff returns how long to wait after that many failed attempts; random is in [0, 1).
func backoff(failures int, random float64) time.Duration {
	d := maxRetry
	if failures <= 20 {
		d = min(firstRetry<<(failures-1), maxRetry)
	}
	return d - time.Duration(random*float64(d)/2)
}

// A courier delivers what is in an outbox: in order within a lane, at most maxPerReceiver attempts at a
// time for a receiver, each until it succeeds. One goroutine takes, and one for each attempt sends.
type courier struct {
	box *outbox
	// send makes one attempt. nil means delivered.
	send func(context.Context, Notification) error
	// settled puts the end of a notification into the log.
	settled func(Settled)
	now     func() time.Time // wall time
	log     *slog.Logger

	wake     chan struct{} // holds one token when there is something new to look at
	cancel   context.CancelFunc
	done     chan struct{}
	attempts sync.WaitGroup

	made, failed atomic.Uint64 // attempts
}

// start begins to deliver. The caller must close the courier.
func (c *courier) start() {
	ctx, cancel := context.WithCancel(context.Background())
	c.wake, c.cancel, c.done = make(chan struct{}, 1), cancel, make(chan struct{})
	go c.run(ctx)
}

// close cancels the attempts under way and returns when all goroutines have ended. What was not answered
// by then is attempted again in the next life.
func (c *courier) close() {
	c.cancel()
	<-c.done
}

// look makes the courier look at the outbox again.
func (c *courier) look() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *courier) run(ctx context.Context) {
	defer close(c.done)
	defer c.attempts.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		l, n, again := c.box.take(time.Now())
		if l != nil {
			c.attempts.Go(func() { c.attempt(ctx, l, n) })
			continue
		}
		wait := time.Hour // until woken
		if !again.IsZero() {
			wait = time.Until(again)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-timer.C:
		}
	}
}

// attempt sends n once. Only its own goroutine works on l until finish.
func (c *courier) attempt(ctx context.Context, l *lane, n Notification) {
	defer c.look()
	failures := l.attempts
	bounded, cancel := context.WithTimeout(ctx, attemptTimeout)
	err := c.send(bounded, n)
	cancel()
	c.made.Add(1)
	if err != nil {
		c.failed.Add(1)
	}
	s := Settled{ID: n.ID, Alert: n.Alert, Receiver: n.Receiver, At: c.now().UnixMilli(), Attempts: failures + 1}
	if err == nil {
		c.say(n, failures, err)
		// In the log before the next one of the lane goes out, so that a restart does not send
		// an older one after a newer one.
		c.settled(s)
		c.box.finish(l, s.delivery(), true, time.Now())
		return
	}
	if ctx.Err() == nil { // else we are closing: no fault of the receiver
		c.say(n, failures, err)
	}
	s.Error = err.Error()
	c.box.finish(l, s.delivery(), false, time.Now().Add(backoff(failures+1, rand.Float64())))
}

// say logs the first failure of a notification, and its end.
func (c *courier) say(n Notification, failures int, err error) {
	log := c.log.With("receiver", n.Receiver, "event", n.ID, "attempt", failures+1)
	switch {
	case err != nil && failures == 0:
		log.Warn("notification not delivered, trying again", "err", err)
	case err == nil && failures > 0:
		log.Info("notification delivered after failures")
	default:
		log.Debug("notification attempted", "err", err)
	}
}
