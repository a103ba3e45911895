package edge

import (
	"context"
	"net/http"
)

// AnswerHead lets every path that answers GET answer HEAD with the same status and headers and no body: handlers see a
// GET, and net/http, which knows better, drops what they write.
//
// What an answer flushes is the beginning of a stream. Its status and headers have been sent then, and the context of
// the request ends, so that nothing is evaluated that nobody will see.
func AnswerHead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		get := r.WithContext(ctx)
		get.Method = http.MethodGet
		next.ServeHTTP(&headWriter{ResponseWriter: w, sent: cancel}, get)
	})
}

// A headWriter is the answer to a HEAD request.
type headWriter struct {
	http.ResponseWriter
	sent func() // called once the headers of a stream are sent
}

// Flush sends the headers.
func (w *headWriter) Flush() {
	// An error means that the client has gone; its request ends by that, too.
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	w.sent()
}

// Unwrap lets http.ResponseController reach what is below.
func (w *headWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
