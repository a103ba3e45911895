package sockets

import (
	"io"
	"net/http"
	"time"
)

// BoundBodies gives each client limit to send the body of a request, from the end of its header on. After that
// reading the body is an error, also for net/http, which reads what a handler has left, and the connection ends.
func BoundBodies(limit time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		// A writer that cannot set deadlines, as in tests, is none that waits for a network.
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(limit))
		client, _ := r.Context().Value(connectionKey{}).(*connection)
		r.Body = &body{ReadCloser: r.Body, control: control, client: client}
		if client != nil {
			defer client.waitForClient() // for what is left of the body
		}
		next.ServeHTTP(w, r)
	})
}

// A body lifts its deadline once it has been read whole: past it net/http would take the client for gone, and end a
// handler that still works for it.
type body struct {
	io.ReadCloser
	control *http.ResponseController
	client  *connection // nil: not admitted by a Listener
}

func (b *body) Read(p []byte) (int, error) {
	if b.client != nil {
		b.client.waitForClient()
		defer b.client.work()
	}
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
