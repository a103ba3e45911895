package alert

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const second = int64(1000)

// A memoryLog is a log that lives as long as the test, through the crashes of its writers.
type memoryLog struct {
	mu      sync.Mutex
	records []wal.Record
	fail    error                               // what Append returns
	crash   func()                              // called by Append instead of returning, if set
	lose    bool                                // whether a crash loses the records
	written func(took time.Duration, err error) // hears of each Append, as wal.Config.Written; may be nil
}

func (l *memoryLog) Append(ctx context.Context, records ...wal.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written != nil {
		defer l.written(0, l.fail)
	}
	if l.fail != nil {
		return l.fail
	}
	if l.crash == nil || !l.lose {
		for _, r := range records {
			r.Body = slices.Clone(r.Body)
			l.records = append(l.records, r)
		}
	}
	if l.crash != nil {
		l.crash()
	}
	return nil
}

func (l *memoryLog) setFail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = err
}

// replay feeds the log to a new manager.
func (l *memoryLog) replay(t interface{ Fatalf(string, ...any) }, m *Manager) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, r := range l.records {
		if err := m.Replay(r); err != nil {
			t.Fatalf("replay of record %d: %v", i, err)
		}
	}
}

// A fakeEngine answers each expression with its lines at a step.
type fakeEngine struct {
	mu    sync.Mutex
	lines func(tree expr.Expr, step int64) ([]query.StepLine, error)
	steps []int64 // of the calls, one each
}

func (e *fakeEngine) Evaluate(_ context.Context, tree expr.Expr, step int64) ([]query.StepLine, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.steps = append(e.steps, step)
	return e.lines(tree, step)
}

// evaluated returns the steps asked for since the last call.
func (e *fakeEngine) evaluated() []int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	steps := e.steps
	e.steps = nil
	return steps
}

// lineWhere returns one line, app=www, whose signal at each step is that of the schedule: T is 1, a dot 0,
// N is NaN, a blank no line at all. Behind its end there is no line. The first character is for step 1 s.
func lineWhere(schedule string) func(expr.Expr, int64) ([]query.StepLine, error) {
	return func(_ expr.Expr, step int64) ([]query.StepLine, error) {
		i := int(step/second) - 1
		if i < 0 || i >= len(schedule) || schedule[i] == ' ' {
			return nil, nil
		}
		signal := map[byte]float64{'T': 1, '.': 0, 'N': float64(noNumber)}[schedule[i]]
		return []query.StepLine{{Tags: tag.New("app", "www"), Value: float64(step), Signal: signal}}, nil
	}
}

// A fakeReceiver takes events, or refuses them.
type fakeReceiver struct {
	mu       sync.Mutex
	refuse   error
	took     []Event
	attempts int
}

func (r *fakeReceiver) Send(_ context.Context, to Receiver, body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts++
	if r.refuse != nil {
		return r.refuse
	}
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return err
	}
	r.took = append(r.took, e)
	return nil
}

func (r *fakeReceiver) setRefuse(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = err
}

// events returns what was taken since the last call.
func (r *fakeReceiver) events() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	events := r.took
	r.took = nil
	return events
}

var errDown = errors.New("the receiver is down")

// testRules loads rules or fails the test.
func testRules(t interface{ Fatalf(string, ...any) }, file string) *Rules {
	rules, err := Load([]byte(file), expr.Options{})
	if err != nil {
		t.Fatalf("rules: %v", err)
	}
	return rules
}

const oneRule = `
receivers: [{name: oncall, webhook: {url: "http://x/"}}]
rules:
- name: Down
  expr: "name,up,:eq"
  for: 3s
  labels: {severity: page}
  annotations: {summary: "{{ .Labels.app }} at {{ .Value }}"}
  notify: [oncall]
`

// A bench is a manager with everything around it faked, at a step of one second and no delay.
type bench struct {
	t        interface{ Fatalf(string, ...any) }
	log      *memoryLog
	engine   *fakeEngine
	receiver *fakeReceiver
	manager  *Manager
	now      func() time.Time
	sees     bool           // whether the manager has an uptime; without, all steps are known
	uptime   *stream.Uptime // of the present life; not begun
}

func newBench(t interface{ Fatalf(string, ...any) }, schedule string) *bench {
	return &bench{t: t, log: &memoryLog{}, engine: &fakeEngine{lines: lineWhere(schedule)}, receiver: &fakeReceiver{}, now: time.Now}
}

// begin makes a manager of what the log holds, with rules, not started.
func (b *bench) begin(rules string) *Manager { return b.beginOver(b.engine.Evaluate, rules) }

// beginOver is begin with another engine.
func (b *bench) beginOver(evaluate func(context.Context, expr.Expr, int64) ([]query.StepLine, error), rules string) *Manager {
	cfg := Config{
		Clock: stream.Clock{Step: time.Second}, Evaluate: evaluate, Append: b.log.Append,
		Send: b.receiver.Send, Now: b.now,
	}
	if b.sees {
		b.uptime = stream.NewUptime(cfg.Clock, b.now)
		cfg.Uptime, b.log.written = b.uptime, b.uptime.Written
	}
	b.manager = New(cfg)
	b.log.replay(b.t, b.manager)
	if err := b.manager.SetRules(context.Background(), testRules(b.t, rules)); err != nil {
		b.t.Fatalf("SetRules: %v", err)
	}
	return b.manager
}

// steps evaluates the closed steps from … to, in seconds, without the walker.
func (b *bench) steps(from, to int64) {
	for s := from; s <= to; s++ {
		b.manager.onStep(context.Background(), stream.Tick{Step: s * second})
	}
}

// deliver makes the attempts that are due, in this goroutine, up to one that fails.
func (b *bench) deliver() {
	for {
		l, n, _ := b.manager.box.take(time.Now().Add(time.Hour))
		if l == nil {
			return
		}
		b.manager.courier.attempt(context.Background(), l, n)
		if l.last.State == "failing" {
			return
		}
	}
}

// group returns the only group of the only rule in the status.
func (b *bench) group() GroupStatus {
	s := b.manager.Status()
	if len(s.Rules) != 1 || len(s.Rules[0].Groups) != 1 {
		b.t.Fatalf("want one group in the status: %+v", s)
	}
	return s.Rules[0].Groups[0]
}
