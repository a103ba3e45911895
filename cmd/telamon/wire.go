package main

import (
	"context"
	"net/http"
	"time"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/listen"
	"github.com/telamon-tsdb/telamon/ingest/self"
	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/query/alert/notify"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
	"github.com/telamon-tsdb/telamon/web/api"
	"github.com/telamon-tsdb/telamon/web/sockets"
	"github.com/telamon-tsdb/telamon/web/ui"
)

// parts are the packages above the store, connected.
type parts struct {
	handler  http.Handler
	alerts   *alert.Manager
	webhook  *notify.Webhook
	reporter *self.Reporter // nil: switched off
}

// wire connects ingest, query and web to the store: data go from ingest to the store, and from there by
// query to the alerts and the web.
func wire(srv *server) parts {
	step := srv.settings.Step
	pipeline := ingest.New(ingest.Config{Store: srv.db, Step: step, MaxAge: srv.settings.MaxAge, EvalDelay: srv.settings.EvalDelay})
	publish := listen.NewPublish(listen.Config{Pipeline: pipeline, MaxHeldBytes: bodyMemory(processBytes())})
	engine := query.NewEngine(query.Config{
		Store: srv.db, MaxLines: srv.settings.MaxLines, MaxDatapoints: srv.settings.MaxDatapoints, Lost: srv.db.LostBetween,
		MemoryBytes: queryBytes(), RuleBytes: ruleBytes(),
	})

	p := parts{webhook: notify.NewWebhook()}
	p.alerts = alert.New(alert.Config{
		Clock:    stream.Clock{Step: step, Delay: srv.settings.EvalDelay},
		Evaluate: alert.FromEngine(engine, step),
		Append:   srv.log.Append,
		Uptime:   srv.uptime,
		Send: func(ctx context.Context, to alert.Receiver, body []byte) error {
			return p.webhook.Post(ctx, to.Webhook.URL, body)
		},
		Log: srv.logger,
	})
	p.handler = api.New(api.Config{
		Engine:   engine,
		Store:    srv.db,
		Alerts:   p.alerts.Statuses,
		Stats:    srv.db.Stats,
		Delete:   srv.db.Delete,
		Removals: srv.db.Removals,
		Snapshot: func() (string, error) { return srv.dir.Snapshot(namespace, srv.db, time.Now()) },
		Publish:  publish,
		UI:       ui.Handler(),
		Ready:    srv.ready.Load,
		Step:     step,
		MaxAge:   srv.settings.MaxAge,
		Timezone: srv.settings.Timezone,
		Logger:   srv.logger,
		Origins:  srv.settings.Origins,
		Hosts:    srv.settings.Hosts,
		Fonts:    srv.settings.Fonts,
	})
	if srv.settings.Self {
		p.reporter = self.New(self.Config{
			Pipeline: pipeline,
			Step:     step,
			Logger:   srv.logger,
			Sources: []self.Source{
				self.OfPipeline(pipeline.Stats, step),
				self.OfPublish(publish.Stats),
				self.OfStore(srv.db.Stats),
				self.OfLog(func() self.LogCounts { return logCounts(srv.log.Stats()) }),
				self.OfAlerts(func() self.AlertCounts { return alertCounts(p.alerts.Stats()) }),
				self.OfConnections(func() self.ConnectionCounts { return connectionCounts(srv.listener.Stats()) }),
				self.OfRuntime(),
			},
		})
	}
	return p
}

// logCounts says in the words of package self, which does not know the log, what that counts.
func logCounts(s wal.Stats) self.LogCounts {
	return self.LogCounts{
		Appends: uint64(s.Appends), Syncs: uint64(s.Syncs), LastSync: s.LastSync, Failures: uint64(s.Failures),
		Segments: s.Segments, Bytes: s.Bytes,
	}
}

// alertCounts does the same for the alerts.
func alertCounts(s alert.Stats) self.AlertCounts {
	return self.AlertCounts{
		Evaluations: s.Evaluations, EvaluationErrors: s.EvaluationErrors, SkippedSteps: s.Skipped,
		UnknownSteps: s.Unknown, FirstJudged: s.FirstJudged, Waiting: s.Waiting, GivenUp: s.GivenUp, Pending: s.Pending, Firing: s.Firing,
		Held: s.Held, RulesRefused: s.Refused,
	}
}

// connectionCounts does the same for the connections.
func connectionCounts(s sockets.Stats) self.ConnectionCounts {
	return self.ConnectionCounts{Open: s.Open, GaveWay: s.GaveWay, Refused: s.Refused}
}

// startReporter begins to write the server's own metrics, if that is wanted.
func (p parts) startReporter(ctx context.Context) (stop func()) {
	if p.reporter == nil {
		return func() {}
	}
	p.reporter.Start(ctx)
	return p.reporter.Close
}
