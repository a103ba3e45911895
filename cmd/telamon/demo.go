package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/telamon-tsdb/telamon/cmd/telamon/internal/fleet"
	"github.com/telamon-tsdb/telamon/query/expr"
)

// A demo is a server with a simulated fleet that publishes to it, and a receiver of its alerts.
type demo struct {
	listen string
	step   time.Duration
	seed   uint64
	out    *screen

	server    *server
	incidents fleet.Incidents
	fleet     *fleet.Fleet
	publisher *fleet.Publisher
	points    int // published so far
}

func demoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a server with a simulated fleet that publishes to it",
		Long: `Run a server in a temporary directory, with eight simulated services of some 2,000 series.
They publish their last hour (the last 720 steps, if that is shorter) and then go on live, over the
server's own HTTP API. An incident begins 20 seconds after that and then every four minutes; an alert
rule fires in it, and a webhook receiver in this process prints each delivery. Ctrl-C ends it.`,
		Args: cobra.NoArgs,
	}
	listen := cmd.Flags().String("listen", "127.0.0.1:7101", "`address` to serve HTTP on; port 0 picks a free one")
	step := cmd.Flags().String("step", "5s", "`duration` of one step")
	seed := cmd.Flags().Uint64("seed", 1, "`number` that decides on the fleet's noise")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d, err := expr.ParseDuration(*step)
		if err != nil || d.Milliseconds() <= 0 {
			return errors.Join(fmt.Errorf("step %q: want a duration such as 5s", *step), err)
		}
		demo := &demo{
			listen: *listen,
			step:   time.Duration(d.Milliseconds()) * time.Millisecond,
			seed:   *seed,
			out:    newScreen(cmd.OutOrStdout()),
		}
		return demo.run(cmd.Context())
	}
	return cmd
}

// How much of the past the fleet publishes first: an hour, but at short steps no more than what a laptop
// stores in ten seconds, 1.5 million points.
const (
	maxHistory      = time.Hour
	maxHistorySteps = 720
)

func (d *demo) history() time.Duration { return min(maxHistory, maxHistorySteps*d.step) }

// demoRules fires in each incident: errors of one service, for the third step in a row.
const demoRules = `receivers:
  - name: demo
    webhook: {url: %q}
rules:
  - name: HighErrorRate
    expr: "name,http.server.errors,:eq,:sum,(,nf.app,),:by,10,:gt"
    for: %s
    labels: {severity: page}
    annotations: {summary: '{{ .Labels.nf_app }} fails {{ printf "%%.0f" .Value }} requests a second'}
    notify: [demo]
`

func (d *demo) run(ctx context.Context) (err error) {
	d.out.print("telamon demo starts: a server, eight services that publish to it, and a receiver of alerts")
	dir, err := os.MkdirTemp("", "telamon-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	receiver, err := startReceiver(d.out)
	if err != nil {
		return err
	}
	defer receiver.close()
	rules := filepath.Join(dir, "rules.yaml")
	text := fmt.Sprintf(demoRules, receiver.url(), expr.DurationOf(3*d.step))
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		return err
	}
	d.server, err = openServer(d.settings(dir, rules), slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	d.out.print("telamon demo listens on " + d.server.url())

	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	var serverErr, fleetErr error
	work.Go(func() {
		defer cancel()
		serverErr = d.server.run(ctx)
	})
	work.Go(func() {
		defer cancel()
		fleetErr = d.live(ctx)
	})
	work.Wait()
	d.out.end()
	return errors.Join(serverErr, fleetErr)
}

func (d *demo) settings(dir, rules string) Settings {
	return Settings{
		Listen:    d.listen,
		Data:      filepath.Join(dir, "data"),
		Step:      d.step,
		Retention: 24 * time.Hour,
		MaxAge:    2 * maxHistory,
		Timezone:  "UTC",
		EvalDelay: d.step,
		Rules:     rules,
		Self:      true,
	}
}

// live publishes the past and then, step by step, the present until ctx ends.
func (d *demo) live(ctx context.Context) error {
	d.publisher = &fleet.Publisher{URL: d.server.url(), Client: &http.Client{Timeout: 30 * time.Second}}
	if err := d.waitReady(ctx); err != nil {
		return stopped(ctx, err)
	}
	d.restart()
	d.out.print(fmt.Sprintf("publishing the last %s first, which takes some ten seconds", expr.DurationOf(d.history())))
	next, err := d.past(ctx)
	if err != nil {
		return stopped(ctx, err)
	}
	d.restart() // the past took its time, and the first incident is to be seen from its beginning
	d.out.print(fmt.Sprintf("\n  Open   %s\n  Alerts %s/alerts\n", d.server.url(), d.server.url()))
	status := time.NewTicker(time.Second)
	defer status.Stop()
	for {
		for next = d.skip(next, time.Now()); !next.After(time.Now()); next = next.Add(d.step) {
			n, err := d.publisher.Publish(ctx, d.fleet, next)
			if err != nil {
				return stopped(ctx, err)
			}
			d.points += n
		}
		select {
		case <-ctx.Done():
			return nil
		case <-status.C:
			d.out.status(d.statusLine(time.Now()))
		}
	}
}

// skip returns the step to go on with where next was to come: a later one if the machine has slept for longer than the
// history, because the server refuses what is older than twice that.
func (d *demo) skip(next, now time.Time) time.Time {
	oldest := now.Add(-d.history()).Truncate(d.step)
	if next.Before(oldest) {
		return oldest
	}
	return next
}

// restart lets the incidents begin anew, from now. All else in a fleet is a function of time.
func (d *demo) restart() {
	d.incidents = fleet.Incidents{Start: time.Now(), Step: d.step, History: d.history()}
	d.fleet = fleet.New(d.seed, d.step, d.incidents)
}

// stopped returns err unless it is only the end of ctx.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// waitReady waits until the server answers that it is healthy.
func (d *demo) waitReady(ctx context.Context) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.server.url()+"/healthcheck", nil)
		if err != nil {
			return err
		}
		resp, err := d.publisher.Client.Do(req)
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// pastSteps is how many steps of a node go into one request of the past.
const pastSteps = 60

// past publishes the history and returns the first step that is still to come.
func (d *demo) past(ctx context.Context) (next time.Time, err error) {
	history, end := d.history(), d.incidents.Start.Truncate(d.step)
	at := end.Add(-history).Add(d.step)
	for !at.After(end) {
		var times []time.Time
		for len(times) < pastSteps && !at.After(end) {
			times = append(times, at)
			at = at.Add(d.step)
		}
		n, err := d.publisher.Publish(ctx, d.fleet, times...)
		if err != nil {
			return at, err
		}
		d.points += n
		done := history - end.Sub(at)
		d.out.status(fmt.Sprintf("publishing the last %s: %d %%", expr.DurationOf(history), min(100, int(100*done/history))))
	}
	return at, nil
}

func (d *demo) statusLine(now time.Time) string {
	app, begins, on := d.incidents.Next(now)
	incident := fmt.Sprintf("next incident in %s (%s)", begins.Sub(now).Round(time.Second), app)
	if on {
		incident = "incident in " + app
	}
	firing := 0
	for _, rule := range d.server.parts.alerts.Status().Rules {
		for _, g := range rule.Groups {
			if g.State == "firing" {
				firing++
			}
		}
	}
	return fmt.Sprintf("%s  %d series  %d points published  %d alerts firing  %s",
		now.Format(time.TimeOnly), d.server.db.Stats().Active, d.points, firing, incident)
}

// A screen prints lines, and below them on a terminal one line that is rewritten.
type screen struct {
	terminal bool

	mu   sync.Mutex // guards what follows
	w    io.Writer
	last string // the status that stands
}

func newScreen(w io.Writer) *screen {
	s := &screen{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		s.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return s
}

const eraseLine = "\r\x1b[K"

// print prints a line that stays.
func (s *screen) print(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.terminal {
		fmt.Fprint(s.w, eraseLine, line, "\n", s.last)
		return
	}
	fmt.Fprintln(s.w, line)
}

// status replaces the status line. Without a terminal there is none.
func (s *screen) status(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = line
	if s.terminal {
		fmt.Fprint(s.w, eraseLine, line)
	}
}

// end leaves the cursor on a new line.
func (s *screen) end() {
	if s.terminal {
		s.status("")
	}
}
