package main

import (
	"fmt"
	"io"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const (
	// logStreamBytes bounds the lines that wait for the reader of the log: some 5,000.
	logStreamBytes = 1 << 20
	// logStreamPatience is how long the end of the process waits for a reader that does not read.
	logStreamPatience = time.Second
)

// A logStream writes the log in a goroutine of its own, so that whoever reads it cannot stop the server: neither by
// not reading, which fills the pipe, nor by going away. Lines that find no place are lost and counted, and a line says
// so when there is place again.
type logStream struct {
	to io.Writer

	mu      sync.Mutex // guards what follows
	waiting []byte
	lost    int
	closed  bool

	wake chan struct{} // holds a token while lines wait; closed by Close
	done chan struct{}
}

// newLogStream starts the goroutine, which ends with Close. From then on a reader of standard output or error that
// went away is an error of the write, where the default is the end of the process.
func newLogStream(to io.Writer) *logStream {
	signal.Ignore(syscall.SIGPIPE)
	s := &logStream{to: to, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go s.run()
	return s
}

// Write takes one or more whole lines. It never waits and never fails.
func (s *logStream) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.waiting)+len(lines) > logStreamBytes {
		s.lost++
		return len(lines), nil
	}
	s.confess()
	s.waiting = append(s.waiting, lines...)
	select {
	case s.wake <- struct{}{}:
	default: // the token is there
	}
	return len(lines), nil
}

// confess notes how many lines were lost since it did so last. The caller holds mu.
func (s *logStream) confess() {
	if s.lost > 0 {
		s.waiting = fmt.Appendf(s.waiting, "telamon: %d lines of the log are lost here, because its reader did not read\n", s.lost)
		s.lost = 0
	}
}

func (s *logStream) run() {
	defer close(s.done)
	var buf []byte
	for range s.wake {
		s.mu.Lock()
		buf, s.waiting = s.waiting, buf[:0]
		s.mu.Unlock()
		_, _ = s.to.Write(buf) // there is no better place to report it to
	}
}

// Close writes what waits, if its reader takes it within logStreamPatience.
func (s *logStream) Close() {
	s.mu.Lock()
	s.closed = true
	s.confess()
	select {
	case s.wake <- struct{}{}:
	default: // the token is there
	}
	close(s.wake)
	s.mu.Unlock()
	select {
	case <-s.done:
	case <-time.After(logStreamPatience):
	}
}
