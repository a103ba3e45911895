package api

import (
	"net/http"
	"time"
)

// An eventStream is an answer of server-sent events: each is one line "data: " with a JSON document, and
// an empty line. Its memory is that of one buffer.
type eventStream struct {
	w     responseWriter
	out   *patientWriter
	paced *pacedWriter // nil: the handler works without a turn
}

// newEventStream begins the answer.
func newEventStream(w http.ResponseWriter) *eventStream {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := newPatientWriter(w)
	return &eventStream{w: responseWriter{w: out}, out: out, paced: pacedOf(w)}
}

// begin starts an event; the caller writes its document to s.w, and ends it.
func (s *eventStream) begin() { s.w.text("data: ") }

func (s *eventStream) end() { s.w.text("\n\n") }

// message sends an event that is a remark and flushes.
func (s *eventStream) message(kind, text string) {
	s.begin()
	s.w.text(`{"type":`)
	s.w.string(kind)
	s.w.key("message", false)
	s.w.string(text)
	s.w.text("}")
	s.end()
	s.flush()
}

// heartbeat shows that the server is alive.
func (s *eventStream) heartbeat() { s.message("info", "heartbeat") }

// flush sends everything that was written to the client.
func (s *eventStream) flush() {
	s.w.flush()
	if s.w.err == nil {
		s.w.err = s.out.flush()
	}
}

// heartbeatEvery is how often a stream shows that it is alive.
const heartbeatEvery = 10 * time.Second

// sendAll sends what comes from a channel, each piece with send, and heartbeats in between, until there is
// no more, send fails or the client has gone. The last event says that it is the last.
func sendAll[T any](s *eventStream, from <-chan T, send func(T) error) {
	s.heartbeat()
	beat := time.NewTicker(heartbeatEvery)
	defer beat.Stop()
	for s.err() == nil {
		piece, more, isBeat := receive(s, from, beat.C)
		switch {
		case isBeat:
			s.heartbeat()
		default:
			if !more {
				s.message("close", "operation complete")
				return
			}
			if err := send(piece); err != nil {
				s.message("error", describe(err).Message)
				s.message("close", "operation complete")
				return
			}
			s.flush()
		}
	}
}

// receive waits for the next piece or beat, without the turn.
func receive[T any](s *eventStream, from <-chan T, beat <-chan time.Time) (piece T, more, isBeat bool) {
	err := s.paced.wait(func() {
		select {
		case <-beat:
			isBeat = true
		case piece, more = <-from:
		}
	})
	if s.w.err == nil {
		s.w.err = err
	}
	return piece, more, isBeat
}

// close ends the answer; the connection may then be used for the next.
func (s *eventStream) close() {
	s.flush()
	s.out.release()
}

// err is not nil when the client has gone.
func (s *eventStream) err() error { return s.w.err }
