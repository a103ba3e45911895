package alert

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// A Config says what a Manager works with. Clock, Evaluate, Append and Send are needed.
type Config struct {
	// Clock decides when a step closes.
	Clock stream.Clock
	// Evaluate returns the lines of an expression at one closed step; see FromEngine.
	Evaluate func(ctx context.Context, e expr.Expr, step int64) ([]query.StepLine, error)
	// Append puts records into the log and returns when they are durable. After an error none of
	// them is replayed. wal.Log.Append is meant.
	Append func(ctx context.Context, records ...wal.Record) error
	// Send makes one attempt to deliver an event, a JSON body, to a receiver. nil means delivered.
	Send func(ctx context.Context, to Receiver, body []byte) error
	// Uptime knows which steps the server was taking samples for; the manager logs and replays it, and reads the time
	// from it. At the others nothing fires and nothing is resolved. nil means that all steps are known.
	Uptime *stream.Uptime
	// Now returns the wall time where there is no Uptime; nil means time.Now.
	Now func() time.Time
	// Log hears of transitions, failures and skipped steps; nil is silence.
	Log *slog.Logger
}

// A Manager evaluates rules and sees to it that receivers hear of what they find.
//
// Its life: New, Replay for each record of the log, SetRules, Start; then Status, SetRules and
// Checkpoint from any goroutine; Close.
type Manager struct {
	cfg     Config
	box     *outbox
	courier *courier
	walker  *stream.Walker
	sight   sight

	evaluator evaluator

	// stepMu is held while the ledger moves on: through the evaluation of a step, a reload, a checkpoint.
	// So changes are appended in the order in which they are applied.
	stepMu    sync.Mutex
	refreshed bool // whether refresh was called; guarded by stepMu

	mu      sync.Mutex // guards what follows; never held while anything else is waited for
	ledger  *ledger
	current current
	runs    map[string]*run // by name of the rule
	stats   Stats           // the counters that are not the courier's
	logErr  error           // why the last append failed; nil after a good one
	doubts  doubts

	owed []rosterPart // what the log did not take and comes with the next step; for holders of stepMu
}

// A run is what the status shows of the newest evaluation of a rule.
type run struct {
	evaluated int64 // step; 0 before the first
	err       error
	graphs    map[string]string // GraphStatus.Q by ID of the group, as far as it was asked for
}

// FromEngine returns the Config.Evaluate that asks an engine over a store with that step.
func FromEngine(engine *query.Engine, step time.Duration) func(context.Context, expr.Expr, int64) ([]query.StepLine, error) {
	return func(ctx context.Context, e expr.Expr, at int64) ([]query.StepLine, error) {
		lines, err := engine.EvalStep(ctx, []expr.Expr{e}, at, step.Milliseconds())
		if err != nil {
			return nil, err
		}
		return lines[0], nil
	}
}

// New returns a manager without rules. It panics if a needed part of cfg is missing.
func New(cfg Config) *Manager {
	if cfg.Evaluate == nil || cfg.Append == nil || cfg.Send == nil || cfg.Clock.Step < time.Millisecond {
		panic("alert: New wants Clock.Step, Evaluate, Append and Send")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Uptime != nil {
		cfg.Now = cfg.Uptime.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	m := &Manager{
		cfg: cfg, box: newOutbox(room{maxWaiting, maxWaitingBytes}), ledger: newLedger(),
		current: current{rules: &Rules{}}, runs: map[string]*run{},
		sight: sight{cfg.Uptime, cfg.Clock.Step.Milliseconds()},
	}
	m.evaluator = evaluator{cfg.Evaluate, m.sight}
	m.doubts = doubts{began: time.Now(), stepMillis: m.sight.stepMillis, log: cfg.Log}
	m.courier = &courier{box: m.box, send: m.send, settled: m.settled, now: cfg.Now, log: cfg.Log}
	return m
}

// Replay applies one record of the log, in the order of the log, before Start. Records of other owners
// are passed over. The error names what is wrong with the record; nothing of it was applied.
func (m *Manager) Replay(r wal.Record) error {
	switch r.Type {
	case wal.AlertState:
		c, err := decodeChange(r)
		if err != nil {
			return err
		}
		m.commit(c)
	case wal.Notification:
		s, err := decodeSettled(r)
		if err != nil {
			return err
		}
		m.box.settle(s)
	case wal.Uptime:
		if m.cfg.Uptime != nil {
			return m.cfg.Uptime.Replay(r)
		}
	}
	return nil
}

// Start begins to evaluate closed steps, from the first one that the log does not know, and to deliver. The
// caller must Close the manager.
func (m *Manager) Start() {
	m.box.sweep(m.ledger.ids())
	m.courier.start()
	m.walker = stream.Walk(stream.Config{
		Clock: m.cfg.Clock, Last: m.ledger.step, OnStep: m.onStep, Now: m.cfg.Now, Uptime: m.cfg.Uptime, Log: m.cfg.Log,
	})
}

// Close stops evaluation and delivery and waits for both. What is not evaluated or delivered by then is
// left to the next life, which is to know from the log how long the server took samples: stop the Uptime before. Without
// a Start there is nothing to stop.
func (m *Manager) Close() {
	if m.walker == nil {
		return
	}
	m.walker.Close()
	m.courier.close()
	m.stepMu.Lock()
	defer m.stepMu.Unlock()
	c := m.ledger.firing()
	c.rosters = m.owed
	if err := m.append(context.Background(), c); err != nil {
		m.cfg.Log.Warn("the end is not in the log: to the next start the last steps are unknown", "err", err)
	}
}

// Checkpoint writes all that is alive to the head of the log, so that older records may be dropped.
func (m *Manager) Checkpoint(ctx context.Context) error {
	m.stepMu.Lock()
	defer m.stepMu.Unlock()
	return appendInPieces(ctx, m.cfg.Append, m.snapshot())
}

// pieceBytes is how much of a snapshot is appended at a time, far below what the log takes at once. The pieces hold
// absolute states, so that a crash between two of them loses nothing: the older records are there yet.
const pieceBytes = 4 << 20

func appendInPieces(ctx context.Context, log func(context.Context, ...wal.Record) error, records []wal.Record) error {
	from, size := 0, 0
	for i, r := range records {
		if size += len(r.Body); size < pieceBytes {
			continue
		}
		if err := log(ctx, records[from:i+1]...); err != nil {
			return err
		}
		from, size = i+1, 0
	}
	if from == len(records) {
		return nil
	}
	return log(ctx, records[from:]...)
}

// Snapshot returns records whose replay makes a new manager equal to this one: the states of all groups, what
// is not delivered, the last deliveries, and the uptime. They hold absolute states, so that they may also follow
// the history that they sum up; but no step may be logged between Snapshot and them: see Checkpoint.
func (m *Manager) Snapshot() []wal.Record {
	m.stepMu.Lock()
	defer m.stepMu.Unlock()
	return m.snapshot()
}

// snapshot is Snapshot for those who hold stepMu.
func (m *Manager) snapshot() []wal.Record {
	m.mu.Lock()
	c := m.ledger.snapshot()
	m.mu.Unlock()
	c.letters = m.box.content()
	records := c.encode()
	for _, s := range m.box.delivered() {
		records = append(records, settledRecord(s))
	}
	if m.cfg.Uptime != nil {
		records = append(records, m.cfg.Uptime.Snapshot())
	}
	return records
}

// append makes a change durable and notes in the status whether that worked.
func (m *Manager) append(ctx context.Context, c *change) error {
	err := m.sight.log(ctx, m.cfg.Append, c.encode())
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logErr = err
	return err
}

// commit applies a change that is in the log and hands its notifications to the courier.
func (m *Manager) commit(c *change) {
	m.mu.Lock()
	m.ledger.apply(c)
	m.stats.Fired += uint64(len(c.fired))
	m.stats.Resolved += uint64(len(c.resolved))
	m.mu.Unlock()
	for _, g := range c.fired {
		m.cfg.Log.Info("alert fires", "rule", g.rule, "labels", g.labels, "value", g.reached.value.String())
	}
	for _, g := range c.resolved {
		m.cfg.Log.Info("alert is resolved", "rule", g.rule, "labels", g.labels, "reason", g.reason, "value", g.reached.value.String())
	}
	now := time.Now()
	for _, n := range c.letters {
		m.box.add(n, now)
	}
	for _, g := range c.groups {
		if g.state.isBlank() {
			m.box.forget(g.id, g.told)
		}
	}
	m.courier.look()
}

// send makes one attempt to deliver n, to where the rules in force say its receiver is.
func (m *Manager) send(ctx context.Context, n Notification) error {
	m.mu.Lock()
	to, ok := m.current.rules.Receiver(n.Receiver)
	m.mu.Unlock()
	if !ok {
		return errNoReceiver
	}
	return m.cfg.Send(ctx, to, n.Body)
}

// settled logs that a notification is done with. Should that fail, it is sent once more after a restart.
// It does not hear of Close: an answer that has come is worth its record.
func (m *Manager) settled(s Settled) {
	if err := m.cfg.Append(context.Background(), settledRecord(s)); err != nil {
		m.cfg.Log.Warn("a delivery is not in the log: it will be repeated after a restart", "event", s.ID, "err", err)
	}
}
