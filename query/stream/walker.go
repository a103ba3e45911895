package stream

import (
	"context"
	"log/slog"
	"time"
)

// maxNap bounds a sleep of the walker. Sleep is measured in running time, steps in wall time; when the
// clock is set forward, or the machine wakes up, the walker notices within this time.
const maxNap = time.Second

// leastPause is the shortest time that counts as a pause of this process: a loaded machine lets goroutines wait for some
// tenths of a second.
const leastPause = 250 * time.Millisecond

// napLimit bounds a nap at a step, and pauseLimit by how much it may last longer before that is a pause. Both together are
// less than a step of half a second or more: a pause of a whole step is noticed, wherever in a nap it begins.
func napLimit(step time.Duration) time.Duration {
	return min(max(step/4, 10*time.Millisecond), maxNap)
}

func pauseLimit(step time.Duration) time.Duration {
	return max(step/4, min(step/2, maxNap), leastPause)
}

// A Config says what to walk over and what to do there.
type Config struct {
	Clock Clock
	// Last is the step that was acted on last, from a log; 0 if there is none.
	Last int64
	// OnStep acts on one step and returns when it is done with it. Its context ends with Close; the
	// walk then counts the step as not done.
	OnStep func(context.Context, Tick)
	// Now returns the wall time; nil means time.Now, or that of Uptime.
	Now func() time.Time
	// Uptime hears of the clocks, and of pauses of this process; nil is nobody.
	Uptime *Uptime
	// Log hears of skipped steps and of clocks that go back; nil is silence.
	Log *slog.Logger
}

// A Walker calls Config.OnStep once for each closed step, in order, from one goroutine that it owns.
type Walker struct {
	cfg    Config
	cancel context.CancelFunc
	done   chan struct{}
}

// Walk starts a walker. The caller must Close it. It panics without an OnStep or a Clock.Step of at
// least a millisecond.
func Walk(cfg Config) *Walker {
	if cfg.OnStep == nil || cfg.Clock.stepMillis() <= 0 {
		panic("stream: Walk wants OnStep and a Clock.Step of whole milliseconds")
	}
	switch {
	case cfg.Uptime != nil:
		cfg.Now = cfg.Uptime.Now
	case cfg.Now == nil:
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &Walker{cfg: cfg, cancel: cancel, done: make(chan struct{})}
	go w.run(ctx)
	return w
}

// Close ends the walk. It cancels the step under way and returns when its OnStep has returned.
func (w *Walker) Close() {
	w.cancel()
	<-w.done
}

func (w *Walker) run(ctx context.Context) {
	defer close(w.done)
	timer := time.NewTimer(napLimit(w.cfg.Clock.Step))
	defer timer.Stop()
	behind := false
	for last := w.cfg.Last; ctx.Err() == nil; {
		now := w.cfg.Now()
		if tick, ok := w.cfg.Clock.Next(last, now); ok {
			if tick.Skipped > 0 {
				w.cfg.Log.Warn("steps skipped: they were missed more than the catch-up limit ago",
					"steps", tick.Skipped, "limit", MaxCatchUp, "resumed_at", time.UnixMilli(tick.Step).UTC())
			}
			w.cfg.OnStep(ctx, tick)
			last = tick.Step
			continue
		}
		if back := w.cfg.Clock.Behind(last, now); (back > 0) != behind {
			behind = back > 0
			w.sayBehind(last, back)
		}
		w.nap(ctx, timer, max(0, min(w.cfg.Clock.wait(last, now), napLimit(w.cfg.Clock.Step))))
	}
}

// nap waits for so long, or until ctx ends. Who wakes up much too late was stopped meanwhile, and so was all that takes
// samples: what had come until then waits to be stored.
func (w *Walker) nap(ctx context.Context, timer *time.Timer, d time.Duration) {
	begin := time.Now()
	timer.Reset(d)
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	if took := time.Since(begin); w.cfg.Uptime != nil && took-d > pauseLimit(w.cfg.Clock.Step) {
		w.cfg.Uptime.Paused(took)
	}
}

// sayBehind logs that the clock went back, or that it has caught up again.
func (w *Walker) sayBehind(last int64, back time.Duration) {
	if back == 0 {
		w.cfg.Log.Info("the clock has caught up: evaluation goes on")
		return
	}
	w.cfg.Log.Warn("the clock went back (or the delay grew): evaluation waits until the last step has closed again",
		"last_step", time.UnixMilli(last).UTC(), "back", back)
}
