package query

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// ErrBusy reports that other queries hold the memory that one needs, and have held it for too long. Asking again later helps.
var ErrBusy = errors.New("too many queries at once: they hold the memory that this one needs; try again in a moment")

// A Memory is what all queries together may hold: from their evaluation until the last byte of the answer is written, since
// that may take as long as the client likes. Who does not fit waits. Nobody who waits holds any: so there is always somebody
// who goes on.
type Memory struct {
	limit int64

	mu      sync.Mutex // guards what follows
	used    int64
	waiting []*want // in the order in which they came
}

// A want is a loan that has yet to be granted, which closes the channel.
type want struct {
	bytes   int64
	granted chan struct{}
}

const (
	// memoryPatience is how long a query waits for memory.
	memoryPatience = 10 * time.Second
	// maxWanting bounds how many wait for memory; more get ErrBusy at once.
	maxWanting = 256
	// smallShare is the part of all that a small query takes at most. It passes large ones that wait, or nobody would see a
	// trivial graph while somebody asks for a great one.
	smallShare = 128
)

// NewMemory returns one of limit bytes.
func NewMemory(limit int64) *Memory { return &Memory{limit: limit} }

// Limit returns how much there is of it.
func (m *Memory) Limit() int64 { return m.limit }

// Lent returns how much of it queries have.
func (m *Memory) Lent() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// A Loan is what one query holds of a Memory. It is for one goroutine at a time; a nil Loan is of nothing.
type Loan struct {
	memory *Memory
	bytes  int64
}

// Borrow waits for so many bytes, without the turn of ctx. Its error is a *stack.Error if there are not so many at all,
// ErrBusy, or the cause for which ctx ended; else the loan must be returned.
func (m *Memory) Borrow(ctx context.Context, bytes int64) (*Loan, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, memoryPatience, ErrBusy)
	defer cancel()
	return m.await(ctx, bytes)
}

// await is Borrow for who waits as long as ctx does.
func (m *Memory) await(ctx context.Context, bytes int64) (*Loan, error) {
	if bytes > m.limit {
		return nil, stack.Require("the answer needs more than the %d MB of memory that there are for queries:"+
			" ask for fewer lines, a larger step or a shorter range", m.limit>>20)
	}
	w, err := m.want(bytes)
	if err != nil {
		return nil, err
	}
	err = turn.FromContext(ctx).Outside(ctx, func() error {
		select {
		case <-w.granted:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	if err != nil {
		m.abandon(w)
		return nil, err
	}
	return &Loan{m, bytes}, nil
}

// want notes a want, and grants it if that is possible.
func (m *Memory) want(bytes int64) (*want, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w := &want{bytes, make(chan struct{})}
	m.waiting = append(m.waiting, w)
	m.grant()
	if len(m.waiting) > maxWanting {
		m.waiting = m.waiting[:maxWanting]
		return nil, ErrBusy
	}
	return w, nil
}

// grant grants what there is room for. The caller holds the lock.
func (m *Memory) grant() {
	blocked := false
	m.waiting = slices.DeleteFunc(m.waiting, func(w *want) bool {
		if w.bytes > m.limit-m.used || blocked && w.bytes > m.small() {
			blocked = true
			return false
		}
		m.used += w.bytes
		close(w.granted)
		return true
	})
}

// small returns how much a small query takes at most.
func (m *Memory) small() int64 { return max(m.limit/smallShare, min(m.limit/4, answerBytes)) }

// abandon takes back a want, granted or not.
func (m *Memory) abandon(w *want) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.Index(m.waiting, w); i >= 0 {
		m.waiting = slices.Delete(m.waiting, i, i+1)
	} else {
		m.used -= w.bytes
	}
	m.grant()
}

// Return gives all back; what was in it is not used any more.
func (l *Loan) Return() { l.keep(0) }

// keep gives back all but so many bytes.
func (l *Loan) keep(bytes int64) {
	if l == nil || bytes >= l.bytes {
		return
	}
	l.memory.mu.Lock()
	defer l.memory.mu.Unlock()
	l.memory.used -= l.bytes - bytes
	l.bytes = bytes
	l.memory.grant()
}

// grow adds to the loan until it has so many bytes, if they are there: who holds memory does not wait for more.
func (l *Loan) grow(bytes int64) bool {
	more := bytes - l.bytes
	if more <= 0 {
		return true
	}
	l.memory.mu.Lock()
	defer l.memory.mu.Unlock()
	if more > l.memory.limit-l.memory.used {
		return false
	}
	l.memory.used += more
	l.bytes = bytes
	return true
}

// split takes so many bytes out of the loan, which has them, into one of its own.
func (l *Loan) split(bytes int64) *Loan {
	l.bytes -= bytes
	return &Loan{l.memory, bytes}
}
