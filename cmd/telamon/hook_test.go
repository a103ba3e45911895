package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/query/alert"
)

// A hook is a webhook receiver that keeps what it is sent.
type hook struct {
	server *httptest.Server

	mu      sync.Mutex // guards what follows
	refuses bool       // answers 503
	events  []alert.Event
}

func startHook() *hook {
	h := &hook{}
	h.server = httptest.NewServer(h)
	return h
}

// refuse makes the receiver answer 503, or no longer.
func (h *hook) refuse(refuses bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuses = refuses
}

func (h *hook) url() string { return h.server.URL }

func (h *hook) close() { h.server.Close() }

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var e alert.Event
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuses {
		http.Error(w, "not now", http.StatusServiceUnavailable)
		return
	}
	h.events = append(h.events, e)
}

// folded returns the events of a rule in order of arrival, each ID once.
func (h *hook) folded(rule string) []alert.Event {
	h.mu.Lock()
	defer h.mu.Unlock()
	var events []alert.Event
	for _, e := range h.events {
		seen := slices.ContainsFunc(events, func(other alert.Event) bool { return other.ID == e.ID })
		if e.Rule == rule && !seen {
			events = append(events, e)
		}
	}
	return events
}

// await waits until the events of a rule are in these states, with growing sequence numbers for each alert. A state may
// be followed by a reason, as in resolved:no_data.
func (h *hook) await(rule string, states []string) error {
	var events []alert.Event
	err := poll(func() error {
		events = h.folded(rule)
		var got []string
		for i, e := range events {
			state := e.State
			if i < len(states) && strings.Contains(states[i], ":") {
				state += ":" + string(e.Reason)
			}
			got = append(got, state)
		}
		if !slices.Equal(got, states) {
			return fmt.Errorf("events of %s: %v, want %v", rule, got, states)
		}
		return nil
	}, func() bool { return len(events) > len(states) })
	newest := map[string]uint64{}
	for _, e := range events {
		alert := fmt.Sprint(e.Labels)
		if e.Seq <= newest[alert] {
			return fmt.Errorf("event %s has seq %d after %d", e.ID, e.Seq, newest[alert])
		}
		newest[alert] = e.Seq
		if value := float64(e.Value); value != value || e.ValueStep == 0 || strings.Contains(fmt.Sprint(e.Annotations), "NaN") {
			return fmt.Errorf("event %s tells no value: %+v", e.ID, e)
		}
	}
	return err
}

// A feed publishes a gauge for each second, in order. A second whose request fails is sent again until it
// succeeds, so that a server that was away gets what it missed.
type feed struct {
	tags   map[string]string
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu    sync.Mutex // guards what follows
	url   string
	value float64
}

// startFeed begins a feed of the series with a name and perhaps more tags: requests or requests,zone=a.
func startFeed(series string) *feed {
	ctx, cancel := context.WithCancel(context.Background())
	f := &feed{tags: map[string]string{"atlas.dstype": "gauge"}, cancel: cancel}
	for i, part := range strings.Split(series, ",") {
		if key, value, ok := strings.Cut(part, "="); ok && i > 0 {
			f.tags[key] = value
		} else {
			f.tags["name"] = part
		}
	}
	f.done.Go(func() { f.run(ctx) })
	return f
}

// set changes where the feed goes and what it says.
func (f *feed) set(url string, value float64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.url, f.value = url, value
}

func (f *feed) close() {
	f.cancel()
	f.done.Wait()
}

func (f *feed) run(ctx context.Context) {
	next := time.Now().Truncate(time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for !next.After(time.Now()) && f.publish(ctx, next) == nil {
			next = next.Add(time.Second)
		}
	}
}

func (f *feed) publish(ctx context.Context, at time.Time) error {
	f.mu.Lock()
	url, value := f.url, f.value
	f.mu.Unlock()
	if url == "" {
		return nil
	}
	c := client{url: url}
	return c.publish(ctx, []sample{{f.tags, at.UnixMilli(), number(value)}})
}
