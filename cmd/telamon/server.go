package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/query/yamlfile"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
	"github.com/telamon-tsdb/telamon/web/sockets"
)

// namespace is the one namespace there is so far.
const namespace = "default"

// shutdownPatience bounds how long a stopping server waits for requests under way.
const shutdownPatience = 10 * time.Second

// bodyTime bounds how long a client takes to send a body: what the slowest link needs for 8 MiB at 2 Mbit/s.
const bodyTime = 30 * time.Second

// A server is one running Telamon.
//
// Its life: open, which makes it answer with "not ready"; run, which replays the log, works until the context
// ends, and drains.
type server struct {
	settings Settings
	logger   *slog.Logger
	rules    *alert.Rules // read last; empty without a file
	unread   error        // why the rules file could not be read since; nil after it could

	listener   *sockets.Listener
	dir        *tsdb.Dir
	log        *wal.Log
	uptime     *stream.Uptime
	db         *tsdb.DB
	parts      parts
	http       *http.Server
	ready      atomic.Bool
	serving    sync.WaitGroup
	reload     <-chan os.Signal // has a value after each SIGHUP, until stopReload
	stopReload func()
	failed     chan error // why the HTTP server ended, if it did by itself
	// maintained is called each time that the store has been maintained, and while it replays; nil: nobody cares.
	maintained func(tsdb.Stats)
}

// openServer takes the listener, the data directory and the log. What it has taken is given back on an error.
func openServer(settings Settings, logger *slog.Logger) (_ *server, err error) {
	if settings.fs == nil {
		settings.fs = vfs.OS{}
	}
	s := &server{settings: settings, logger: logger, failed: make(chan error, 1)}
	s.reload, s.stopReload = hangups() // from the beginning: without a taker SIGHUP ends the process
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	if s.rules, err = loadRules(settings); err != nil {
		return nil, err
	}
	if err = checkStep(settings, logger); err != nil {
		return nil, err
	}
	listener, err := bind(settings.Listen)
	if err != nil {
		return nil, err
	}
	s.listener = sockets.Listen(listener, sockets.BoundsOfProcess())
	if s.dir, err = tsdb.OpenDir(settings.fs, settings.Data, settings.Step); err != nil {
		return nil, err
	}
	s.uptime = stream.NewUptime(stream.Clock{Step: settings.Step, Delay: settings.EvalDelay}, nil)
	logConfig := s.dir.LogConfig(namespace)
	logConfig.Sync, logConfig.Logger, logConfig.Held, logConfig.Written = settings.Sync, logger, s.dir.Held, s.uptime.Written
	if s.log, err = wal.Open(logConfig); err != nil {
		return nil, err
	}
	cfg := s.dir.Config()
	cfg.Log, cfg.Logger, cfg.Retention, cfg.Limits = s.log, logger, settings.Retention, settings.Limits
	cfg.BlockDir, cfg.FS, cfg.MemoryHorizon = s.dir.BlockPath(namespace), settings.fs, settings.MemoryHorizon
	cfg.Checkpoint = func(ctx context.Context) error { return s.parts.alerts.Checkpoint(ctx) }
	if s.db, err = tsdb.New(cfg); err != nil {
		return nil, err
	}
	s.parts = wire(s)
	s.http = &http.Server{
		Handler:           sockets.BoundBodies(bodyTime, s.parts.handler),
		ConnState:         s.listener.Track,
		ConnContext:       s.listener.Context,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// bind opens the listener. A taken port is told apart, because it is what happens to people.
func bind(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen %s: the port is taken; stop the process that has it or choose another --listen (port 0 picks a free one)", address)
	}
	if wrong := (*net.AddrError)(nil); errors.As(err, &wrong) {
		return nil, fmt.Errorf("listen %q: want HOST:PORT, as 127.0.0.1:7101: %w", address, err)
	}
	return l, err
}

// url returns where the server answers.
func (s *server) url() string { return "http://" + s.listener.Addr().String() }

// run serves until ctx ends, and then finishes what was acknowledged.
func (s *server) run(ctx context.Context) error {
	s.serving.Go(func() {
		if err := s.http.Serve(patientListener{s.listener}); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	})
	err := s.work(ctx, s.reload)
	return errors.Join(err, s.drain())
}

// work replays the log, starts what writes to it, and waits. It reads the rules again at each value of reload.
func (s *server) work(ctx context.Context, reload <-chan os.Signal) error {
	defer s.db.Close()
	if err := s.replay(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop while starting
		}
		return err
	}
	defer s.parts.webhook.Close()
	defer s.parts.alerts.Close()
	held := s.startAlerts(ctx)
	stopReporter := s.parts.startReporter(ctx)
	defer stopReporter()
	stopMaintenance := s.startMaintenance(ctx)
	defer stopMaintenance()
	s.ready.Store(true)
	s.uptime.Begin()
	s.logger.Info("ready", "address", s.url(), "data", s.settings.Data, "step", s.settings.Step)
	for {
		select {
		case <-ctx.Done():
			s.logger.Info("stopping")
			s.uptime.Stop() // before the first publisher is turned away
			return s.shutdown()
		case err := <-s.failed:
			s.uptime.Stop()
			return fmt.Errorf("http server: %w", err)
		case <-reload:
			s.reloadRules(ctx, held != nil)
		case <-held:
			held = s.startAlerts(ctx)
		}
	}
}

// startMaintenance maintains the store at once and then each step, until it is stopped. What takes longer than a step
// delays nothing else.
func (s *server) startMaintenance(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var maintaining sync.WaitGroup
	maintaining.Go(func() {
		tick := time.NewTicker(s.settings.Step)
		defer tick.Stop()
		for now := time.Now(); ctx.Err() == nil; {
			if err := s.dir.Held(); err != nil {
				s.logger.Error("nothing is stored, flushed or removed any more", "error", err)
			} else if err := s.db.Maintain(ctx, now); err != nil && ctx.Err() == nil {
				s.logger.Error("maintenance of the store; the next step tries again", "error", err)
			}
			if s.maintained != nil {
				s.maintained(s.db.Stats())
			}
			select {
			case <-ctx.Done():
			case now = <-tick.C:
			}
		}
	})
	return func() {
		cancel()
		maintaining.Wait()
	}
}

// replayWatch is how often a start looks at its memory while the log is replayed: in it a few 10 MB of series come.
const replayWatch = 100 * time.Millisecond

// replay feeds the log to the owners of its records and starts the store.
func (s *server) replay(ctx context.Context) error {
	begin, records := time.Now(), 0
	limit, looked := processBytes(), begin
	err := s.log.Replay(func(at wal.Position, rec wal.Record) error {
		records++
		if err := ctx.Err(); err != nil {
			return err
		}
		if time.Since(looked) > replayWatch {
			st := s.db.Stats()
			if err := checkSeriesFit(st.SeriesBytes, limit); err != nil {
				return err
			}
			if s.maintained != nil {
				s.maintained(st)
			}
			looked = time.Now()
		}
		switch rec.Type {
		case wal.AlertState, wal.Notification, wal.Uptime:
			return s.parts.alerts.Replay(rec)
		}
		return s.db.Replay(at, rec)
	})
	if err == nil {
		err = s.db.Start()
	}
	if err != nil {
		return fmt.Errorf("replay of %s: %w", s.dir.LogPath(namespace), err)
	}
	s.logger.Info("log replayed", "records", records, "series", s.db.Stats().Series, "took", time.Since(begin).Round(time.Millisecond))
	return nil
}

// alertRetry is the wait after the log did not take what the rules of the start change.
const alertRetry = time.Second

// startAlerts puts the rules in force and begins to evaluate them; in this order, for a step that is evaluated
// without its rules is lost. Rules may retire alerts, which the log must take: until it does, as on a full disk,
// alerting waits and all else goes on. Then the caller is to call again when held has a value; nil is begun.
func (s *server) startAlerts(ctx context.Context) (held <-chan time.Time) {
	if err := s.parts.alerts.SetRules(ctx, s.rules); err != nil {
		s.logger.Error("alerting has not begun; the server goes on and tries again", "error", err)
		return time.After(alertRetry)
	}
	if s.unread != nil {
		s.parts.alerts.RefuseRules(s.unread)
	}
	s.parts.alerts.Start()
	return nil
}

// reloadRules reads the rules file again. After an error the rules are as before. While alerting is held the new
// rules wait for its start.
func (s *server) reloadRules(ctx context.Context, held bool) {
	if s.settings.Rules == "" {
		s.logger.Warn("SIGHUP reads the rules file again, and there is none: start with --rules FILE")
		return
	}
	var rules *alert.Rules
	rules, s.unread = loadRules(s.settings)
	err := s.unread
	switch {
	case err != nil:
		s.parts.alerts.RefuseRules(err)
	case !held:
		err = s.parts.alerts.SetRules(ctx, rules)
	}
	if err != nil {
		s.logger.Error("the rules are as they were", "error", err)
		return
	}
	s.rules = rules
	s.logger.Info("rules reloaded", "file", s.settings.Rules)
}

// loadRules reads the rules file; without one there are no rules. A mistake in it is an *alert.FileError.
func loadRules(settings Settings) (*alert.Rules, error) {
	if settings.Rules == "" {
		return &alert.Rules{}, nil
	}
	data, err := yamlfile.Read(settings.Rules, alert.MaxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("rules: %w", err)
	}
	rules, err := alert.Load(data, expr.Options{Zone: settings.Timezone})
	if err != nil {
		return nil, fmt.Errorf("rules %s: %w", settings.Rules, err)
	}
	return rules, nil
}

// shutdown stops accepting and waits for the requests under way.
func (s *server) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		s.logger.Warn("some requests did not end in time", "error", err)
		return s.http.Close()
	}
	return nil
}

// drain ends what run began, after work has ended.
func (s *server) drain() error {
	err := s.http.Close()
	s.serving.Wait()
	return errors.Join(err, s.release())
}

// release gives back what openServer took.
func (s *server) release() error {
	var errs []error
	s.stopReload()
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	if s.dir != nil {
		errs = append(errs, s.dir.Close())
	}
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
