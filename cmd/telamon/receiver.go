package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/query/alert"
)

// A receiver is a webhook that prints what it is sent.
type receiver struct {
	listener net.Listener
	http     http.Server
	serving  sync.WaitGroup
	out      *screen
}

// maxEventBytes bounds the body that the receiver reads; events are a few hundred bytes.
const maxEventBytes = 1 << 20

func startReceiver(out *screen) (*receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{listener: l, out: out}
	r.http = http.Server{Handler: http.HandlerFunc(r.receive), ReadHeaderTimeout: 5 * time.Second}
	r.serving.Go(func() { _ = r.http.Serve(l) }) // ends with ErrServerClosed
	return r, nil
}

func (r *receiver) url() string { return "http://" + r.listener.Addr().String() + "/hook" }

func (r *receiver) receive(w http.ResponseWriter, req *http.Request) {
	var e alert.Event
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxEventBytes)).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.out.print(fmt.Sprintf("%s  webhook: %-8s %s  %s  seq %d", time.Now().Format(time.TimeOnly), e.State, e.Rule,
		e.Annotations["summary"], e.Seq))
}

func (r *receiver) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = r.http.Shutdown(ctx) // what does not end in a second is cut off with the process
	r.serving.Wait()
}
