package self

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Kind tells what a Value measures. It is a value of the tag atlas.dstype.
type Kind string

const (
	// Gauge is a state: bytes in use, series in the store.
	Gauge Kind = "gauge"
	// Counter is a total since the start of the process; what is seen of it is its rate per second.
	Counter Kind = "counter"
)

// A Value is the value of one series at this moment.
type Value struct {
	Name  string
	Kind  Kind
	Value float64
	Tags  tag.Tags // besides the name; may be nil
}

// A Source returns its values. It is called once a step.
type Source func() []Value

// Config sets up a Reporter.
type Config struct {
	// Pipeline takes the values. It must be set.
	Pipeline *ingest.Pipeline
	// Step is the primary step of the store. 60 s if zero.
	Step time.Duration
	// Tags go on every series, such as the name of the node.
	Tags    tag.Tags
	Sources []Source
	// Logger hears of steps that could not be written; silent if nil.
	Logger *slog.Logger
}

// A Reporter writes the values of its sources once a step, from Start until Close.
type Reporter struct {
	config Config
	logger *slog.Logger
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// New returns a reporter that has not started.
func New(config Config) *Reporter {
	if config.Step == 0 {
		config.Step = time.Minute
	}
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return &Reporter{config: config, logger: logger, stop: func() {}}
}

// Start writes what the sources have now, for the step that has ended last, and then at each step boundary until ctx
// ends or Close is called. Called before publishers are let in, it gives our own series their place before limits on
// series are used up: they are what tells that limits are.
func (r *Reporter) Start(ctx context.Context) {
	ctx, r.stop = context.WithCancel(ctx)
	now := time.Now().UnixMilli()
	ended := now - now%r.config.Step.Milliseconds()
	r.report(ctx, ended)
	r.done.Go(func() { r.run(ctx, ended) })
}

// Close ends what Start began and waits for it.
func (r *Reporter) Close() {
	r.stop()
	r.done.Wait()
}

// run writes at each boundary behind written.
func (r *Reporter) run(ctx context.Context, written int64) {
	step := r.config.Step
	for {
		// Anew each time, so that the clock may be set.
		now := time.Now()
		timer := time.NewTimer(step - time.Duration(now.UnixNano()%int64(step)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case now = <-timer.C:
			// The nearest boundary, for a timer fires a little late, or a little early by the wall clock; then it
			// fires for this boundary twice.
			if at := nearest(now.UnixMilli(), step.Milliseconds()); at != written {
				r.report(ctx, at)
				written = at
			}
		}
	}
}

// nearest returns the multiple of step next to t. (time.Time.Round counts from the year 1.)
func nearest(t, step int64) int64 { return (t + step/2) / step * step }

// report writes the values for the step boundary at.
func (r *Reporter) report(ctx context.Context, at int64) {
	values := snapshot{time: at, common: r.config.Tags}
	for _, source := range r.config.Sources {
		values.values = append(values.values, source()...)
	}
	report, err := r.config.Pipeline.Publish(ctx, &values)
	switch {
	case err != nil && ctx.Err() == nil:
		r.logger.Warn("own metrics are not written", "time", values.time, "error", err)
	case report.Refused > 0:
		r.logger.Error("own metrics are refused", "time", values.time, "refused", report.Refused, "reasons", report.Messages)
	}
}

// A snapshot is the ingest.Source of one step.
type snapshot struct {
	time   int64
	common tag.Tags
	values []Value
	tags   []ingest.Tag // what Tags returned
}

func (s *snapshot) Len() int { return len(s.values) }

func (s *snapshot) Sample(i int) ingest.Sample {
	return ingest.Sample{Time: s.time, Value: s.values[i].Value}
}

func (s *snapshot) Tags(i int) []ingest.Tag {
	v := &s.values[i]
	all := slices.Concat(s.common, v.Tags, tag.Tags{{Key: tag.Name, Value: v.Name}, {Key: tag.DataSourceType, Value: string(v.Kind)}})
	s.tags = s.tags[:0]
	for _, one := range tag.Sort(all) {
		s.tags = append(s.tags, ingest.Tag{Key: []byte(one.Key), Value: []byte(one.Value)})
	}
	return s.tags
}
