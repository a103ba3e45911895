package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	besideQueries = flag.Int("beside", 0, "run TestBeside with so many heavy queries at a time, and print how long publishing takes")
	besideOnly    = flag.String("beside.only", "", "in that run, the only kind of queries")
)

// besideSeries is how many series of 1,000 nodes the queries are over.
const besideSeries = 200_000

// TestBeside publishes beside heavy queries, kind by kind, to a server of its own.
func TestBeside(t *testing.T) {
	if *besideQueries == 0 {
		t.Skip("takes minutes of both cores: -beside 50")
	}
	dir := t.TempDir()
	p, err := startProcess(dir, "server", nil, "serve", "--listen", "127.0.0.1:0", "--data", "data", "--self", "off", "--max-values-per-key", "0")
	if err != nil {
		t.Fatal(err)
	}
	defer p.kill()
	at, err := p.address(0)
	if err != nil {
		t.Fatal(err)
	}
	c := client{url: at}
	if err := c.waitReady(); err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Minute)
	for step := range 3 {
		for samples := range slices.Chunk(besideSamples(now.Add(time.Duration(step-3)*time.Minute)), 10_000) {
			if err := c.publish(t.Context(), samples); err != nil {
				t.Fatal(err)
			}
		}
	}
	const by = "name,mm,:eq,:sum,(,nf.node,),:by"
	many := "x," + by + ",:set"
	for i := range 100 {
		many += fmt.Sprintf(",x,:get,%d,:add", i)
	}
	for _, kind := range []struct{ name, format, q, start string }{
		{"nothing", "", "", ""},
		{"sums", "json", "name,mm,:eq,:sum", "e-3h"},
		{"1,000 lines", "json", by, "e-470m"},
		{"100,000 lines", "json", many, "e-330m"},
		{"pictures", "png", by, "e-470m"},
		{"patterns", "json", "id,.*(a|b).*(a|b).*(a|b).*[xy],:re,:sum", "e-3h"},
		{"rolling", "json", by + strings.Repeat(",1000,:rolling-max", 60), "e-470m"},
	} {
		if *besideOnly != "" && *besideOnly != kind.name {
			continue
		}
		target := at + "/api/v1/graph?" + url.Values{"q": {kind.q}, "format": {kind.format}, "s": {kind.start}}.Encode()
		took := publishBeside(t, c, target, kind.q != "")
		t.Logf("beside %-14s %5d publishes, median %s, p99 %s, at most %s", kind.name+":", len(took),
			took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
	}
}

// besideSamples are one of each series.
func besideSamples(at time.Time) []sample {
	samples := make([]sample, besideSeries)
	for i := range samples {
		samples[i] = sample{map[string]string{
			"name": "mm", "id": fmt.Sprint("ab", i), "nf.node": fmt.Sprint("n", i%1000), "atlas.dstype": "gauge",
		}, at.UnixMilli(), number(i)}
	}
	return samples
}

// publishBeside returns how long publishing one sample takes beside queries that go on for ten seconds, ascending.
func publishBeside(t *testing.T, c client, target string, ask bool) (took []time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var asking sync.WaitGroup
	for range *besideQueries {
		if !ask {
			break
		}
		asking.Go(func() {
			for ctx.Err() == nil {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
				if err != nil {
					t.Error(err)
					return
				}
				if reply, err := http.DefaultClient.Do(r); err == nil {
					_, _ = io.Copy(io.Discard, reply.Body)
					_ = reply.Body.Close()
				}
			}
		})
	}
	for ctx.Err() == nil {
		begin := time.Now()
		one := sample{map[string]string{"name": "beside", "atlas.dstype": "gauge"}, begin.UnixMilli(), 1}
		if err := c.publish(t.Context(), []sample{one}); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(begin).Round(10*time.Microsecond))
		time.Sleep(5 * time.Millisecond)
	}
	asking.Wait()
	slices.Sort(took)
	return took
}
