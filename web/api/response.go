package api

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// writePatience is how long a client may take to make room for what is sent next; then it counts as gone.
const writePatience = 30 * time.Second

// A patientWriter sends to a client as long as that goes on reading: one that stands still would hold its
// answer in memory for ever. A writer without deadlines below, as in a test, blocks as long as it likes.
type patientWriter struct {
	w          http.ResponseWriter
	controller *http.ResponseController
}

func newPatientWriter(w http.ResponseWriter) *patientWriter {
	return &patientWriter{w, http.NewResponseController(w)}
}

// Write implements io.Writer.
func (p *patientWriter) Write(b []byte) (int, error) {
	_ = p.controller.SetWriteDeadline(time.Now().Add(writePatience))
	return p.w.Write(b)
}

// flush sends what buffers below still hold.
func (p *patientWriter) flush() error {
	_ = p.controller.SetWriteDeadline(time.Now().Add(writePatience))
	return p.controller.Flush()
}

// release leaves the connection without a deadline, for the next answer.
func (p *patientWriter) release() { _ = p.controller.SetWriteDeadline(time.Time{}) }

// A responseWriter gathers output in a buffer and sends it when that is full. A failed write means that
// the client has gone; what follows is thrown away.
type responseWriter struct {
	w    io.Writer
	buf  []byte
	err  error
	memo *numberMemo // nil: every number is written out
}

const responseBufferBytes = 32 << 10

// room sends the buffer if it is nearly full.
func (w *responseWriter) room() {
	if len(w.buf) > responseBufferBytes-1024 {
		w.flush()
	}
}

func (w *responseWriter) flush() {
	if w.err == nil {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// bytes writes b, without a copy where it is large.
func (w *responseWriter) bytes(b []byte) {
	if len(w.buf)+len(b) <= responseBufferBytes {
		w.buf = append(w.buf, b...)
		return
	}
	w.flush()
	if w.err == nil {
		_, w.err = w.w.Write(b)
	}
}

func (w *responseWriter) text(s string) { w.buf = append(w.buf, s...) }

// key writes a property's name, with a comma before it unless it is the first.
func (w *responseWriter) key(name string, first bool) {
	if !first {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
}

func (w *responseWriter) int(v int64) { w.buf = strconv.AppendInt(w.buf, v, 10) }

// number writes a value. What JSON has no number for is a string, as Atlas does it.
func (w *responseWriter) number(v float64) {
	w.room()
	if v-v != 0 { // NaN or infinite
		w.buf = append(w.buf, '"')
		w.buf = expr.AppendNumber(w.buf, v)
		w.buf = append(w.buf, '"')
		return
	}
	if w.memo != nil {
		w.buf = w.memo.append(w.buf, v)
		return
	}
	w.buf = expr.AppendNumber(w.buf, v)
}

func (w *responseWriter) string(s string) {
	w.room()
	w.buf = appendJSONString(w.buf, s)
}

func (w *responseWriter) strings(list []string) {
	w.text("[")
	for i, s := range list {
		if i > 0 {
			w.text(",")
		}
		w.string(s)
	}
	w.text("]")
}

func (w *responseWriter) tags(t tag.Tags) {
	w.text("{")
	for i, one := range t {
		if i > 0 {
			w.text(",")
		}
		w.string(one.Key)
		w.text(":")
		w.string(one.Value)
	}
	w.text("}")
}

func (w *responseWriter) bool(v bool) { w.buf = strconv.AppendBool(w.buf, v) }

// array writes values as v2.json has them.
func (w *responseWriter) array(values []float64) {
	w.text(`{"type":"array","values":[`)
	for i, v := range values {
		if i > 0 {
			w.text(",")
		}
		w.number(v)
	}
	w.text("]}")
}
