package fleet

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// received is what a server reads of a fleet: values by service and metric name.
type received map[[2]string][]float64

// publish sends the given times of a fleet to a server and returns what arrives.
func publish(t *testing.T, f *Fleet, times ...time.Time) (received, int) {
	t.Helper()
	got := received{}
	points := 0
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Tags    map[string]string
			Metrics []struct {
				Tags      map[string]string
				Timestamp int64
				Value     float64
			}
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Errorf("body: %v", err)
		}
		for _, m := range body.Metrics {
			key := [2]string{body.Tags["nf.app"], m.Tags["name"]}
			got[key] = append(got[key], m.Value)
			points++
		}
	}))
	defer server.Close()
	p := &Publisher{URL: server.URL, Client: server.Client()}
	sent, err := p.Publish(context.Background(), f, times...)
	if err != nil || sent != points {
		t.Fatalf("%d points sent, %d received: %v", sent, points, err)
	}
	return got, points
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

// TestIncident looks at a fleet before, in and after its first incident.
func TestIncident(t *testing.T) {
	start := time.UnixMilli(1_800_000_000_000)
	f := New(1, 5*time.Second, Incidents{Start: start, Step: 5 * time.Second, History: time.Hour})
	app := sick(0)
	errors := func(after time.Duration) float64 {
		got, _ := publish(t, f, start.Add(after))
		return sum(got[[2]string{app, "http.server.errors"}])
	}
	for after, ill := range map[time.Duration]bool{
		-40 * time.Minute: false, -32 * time.Minute: true, -time.Minute: false,
		15 * time.Second: false, 25 * time.Second: true, 60 * time.Second: true, 90 * time.Second: false,
	} {
		if got := errors(after); (got > 10) != ill {
			t.Errorf("%s after the start %s has %.1f errors a second, ill: %v", after, app, got, ill)
		}
	}
	if name, begins, on := f.incidents.Next(start); name != app || on || begins.Sub(start) != firstIncident {
		t.Errorf("next incident: %s at %s, on %v", name, begins.Sub(start), on)
	}
	if name, _, on := f.incidents.Next(start.Add(firstIncident + incidentEvery)); name != sick(1) || !on {
		t.Errorf("the second incident is in %s, on %v", name, on)
	}
}

// TestSeed makes the same fleet from the same seed, of some 2,500 series.
func TestSeed(t *testing.T) {
	at := time.UnixMilli(1_800_000_000_000)
	fleet := func(seed uint64) (received, int) {
		return publish(t, New(seed, time.Second, Incidents{Start: at, Step: time.Second, History: time.Hour}), at)
	}
	one, points := fleet(1)
	same, _ := fleet(1)
	other, _ := fleet(2)
	if points < 2300 || points > 2700 {
		t.Errorf("%d points in a step, want about 2,500", points)
	}
	key := [2]string{"gateway", "http.server.requests"}
	if sum(one[key]) != sum(same[key]) || sum(one[key]) == sum(other[key]) {
		t.Errorf("requests of seed 1: %v and %v, of seed 2: %v", sum(one[key]), sum(same[key]), sum(other[key]))
	}
}
