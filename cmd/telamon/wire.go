package main

import (
	"context"
	"net/http"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/listen"
	"github.com/telamon-tsdb/telamon/ingest/self"
	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/query/alert/notify"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/web/api"
	"github.com/telamon-tsdb/telamon/web/ui"
)

// parts are the packages above the store, connected.
type parts struct {
	handler  http.Handler
	alerts   *alert.Manager
	reporter *self.Reporter // nil: switched off
}

// wire connects ingest, query and web to the store: data go from ingest to the store, and from there by
// query to the alerts and the web.
func wire(s *server) (parts, error) {
	if _, err := eval.ParseZone(s.settings.Timezone); err != nil {
		return parts{}, err
	}
	step := s.settings.Step
	pipeline := ingest.New(ingest.Config{Store: s.db, Step: step, MaxAge: s.settings.MaxAge})
	publish := listen.NewPublish(listen.Config{Pipeline: pipeline})
	engine := query.NewEngine(query.Config{Store: s.db})

	var p parts
	p.alerts = alert.New(alert.Config{
		Clock:    stream.Clock{Step: step, Delay: s.settings.EvalDelay},
		Evaluate: evaluator(engine, step.Milliseconds()),
		Append:   s.log.Append,
		Send:     notify.New(notify.Config{}).Send,
		Log:      s.logger,
	})
	p.handler = api.New(api.Config{
		Engine:   engine,
		Store:    s.db,
		Alerts:   p.alerts.Status,
		Publish:  publish,
		UI:       ui.Handler(),
		Ready:    s.ready.Load,
		Step:     step,
		Timezone: s.settings.Timezone,
	})
	if s.settings.Self {
		p.reporter = self.New(self.Config{
			Pipeline: pipeline,
			Step:     step,
			Logger:   s.logger,
			Sources: []self.Source{
				self.OfPipeline(pipeline.Stats, step),
				self.OfPublish(publish.Stats),
				self.OfStore(s.db.Stats),
				self.OfRuntime(),
			},
		})
	}
	return p, nil
}

// startReporter begins to write the server's own metrics, if that is wanted.
func (p parts) startReporter(ctx context.Context) (stop func()) {
	if p.reporter == nil {
		return func() {}
	}
	p.reporter.Start(ctx)
	return p.reporter.Close
}

// parseRule reads the expression of a rule.
func parseRule(text string) (alert.Program, error) {
	shown, err := expr.Parse(text, expr.Options{})
	if err != nil {
		return nil, err
	}
	program := make([]expr.Expr, len(shown))
	for i, s := range shown {
		program[i] = s.Expr
	}
	return program, nil
}

// evaluator returns what asks the engine for the lines of a rule at one step.
func evaluator(engine *query.Engine, step int64) func(context.Context, alert.Program, int64) ([]alert.Sample, error) {
	return func(ctx context.Context, program alert.Program, at int64) ([]alert.Sample, error) {
		lines, err := engine.EvalStep(ctx, program.([]expr.Expr), at, step)
		if err != nil {
			return nil, err
		}
		var samples []alert.Sample
		for _, ofExpr := range lines {
			for _, l := range ofExpr {
				samples = append(samples, alert.Sample{Tags: l.Tags, Value: l.Value, Signal: l.Signal})
			}
		}
		return samples, nil
	}
}
