package self_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/internal/fakestore"
	"github.com/telamon-tsdb/telamon/ingest/listen"
	"github.com/telamon-tsdb/telamon/ingest/self"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestReporter lets two and a half steps go by.
func TestReporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(7 * time.Second) // off the boundary
		store := new(fakestore.Store)
		calls := 0
		r := self.New(self.Config{
			Pipeline: ingest.New(ingest.Config{Store: store}),
			Tags:     tag.New("nf.node", "i-1"),
			Sources: []self.Source{func() []self.Value {
				calls++
				return []self.Value{
					{Name: "requests", Kind: self.Counter, Value: float64(10 * calls), Tags: tag.New("status", "200")},
					{Name: "held", Kind: self.Gauge, Value: 5},
				}
			}},
		})
		begin := time.Now().Truncate(time.Minute).UnixMilli()
		r.Start(t.Context())
		time.Sleep(150 * time.Second)
		r.Close()
		time.Sleep(5 * time.Minute)
		requests, held := "atlas.dstype=counter, name=requests, nf.node=i-1, status=200", "atlas.dstype=gauge, name=held, nf.node=i-1"
		want := []fakestore.Stored{
			{Tags: requests, Time: begin, Value: 10}, {Tags: held, Time: begin, Value: 5}, // at once
			{Tags: requests, Time: begin + 60_000, Value: 20}, {Tags: held, Time: begin + 60_000, Value: 5},
			{Tags: requests, Time: begin + 120_000, Value: 30}, {Tags: held, Time: begin + 120_000, Value: 5},
		}
		if diff := cmp.Diff(want, store.Stored()); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	})
}

// TestReporterGoesOn: a step that cannot be written is lost, and the next is not.
func TestReporterGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := new(fakestore.Store)
		store.FailAppend(errors.New("disk full"))
		r := self.New(self.Config{
			Pipeline: ingest.New(ingest.Config{Store: store, Step: time.Second}),
			Step:     time.Second,
			Sources:  []self.Source{func() []self.Value { return []self.Value{{Name: "held", Kind: self.Gauge, Value: 1}} }},
		})
		ctx, cancel := context.WithCancel(t.Context())
		r.Start(ctx)
		time.Sleep(1500 * time.Millisecond)
		store.FailAppend(nil)
		time.Sleep(time.Second)
		cancel()
		r.Close()
		if n := len(store.Stored()); n != 1 {
			t.Errorf("%d samples stored, want 1", n)
		}
	})
}

func TestCloseWithoutStart(t *testing.T) {
	self.New(self.Config{}).Close()
}

// TestSources: what they offer passes our own rules, and says what it should.
func TestSources(t *testing.T) {
	store := new(fakestore.Store)
	p := ingest.New(ingest.Config{Store: store})
	h := listen.NewPublish(listen.Config{Pipeline: p})
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		r := self.New(self.Config{
			Pipeline: ingest.New(ingest.Config{Store: store}),
			Sources: []self.Source{self.OfPipeline(p.Stats, time.Minute), self.OfPublish(h.Stats), self.OfStore(func() tsdb.Stats { return tsdb.Stats{} }), self.OfRuntime(),
				self.OfLog(func() self.LogCounts { return self.LogCounts{} }), self.OfAlerts(func() self.AlertCounts { return self.AlertCounts{} })},
		})
		r.Start(t.Context())
		time.Sleep(time.Minute + time.Second)
		r.Close()
		for _, s := range store.Stored() {
			fmt.Fprintln(&log, s.Tags)
		}
		for _, want := range []string{
			"name=atlas.db.numInvalid", "error=DataTooOld", "bucket=07s", "bucket=60s", "bucket=future",
			"name=telamon.publish.requests, status=503", "name=telamon.runtime.heapLiveBytes", "name=telamon.ingest.samplesAfterClose",
			"name=telamon.log.lastSyncSeconds", "name=telamon.alerts.waiting", "name=telamon.alerts.unknownSteps", "name=telamon.alerts.firstJudgedSeconds", "name=telamon.alerts.groups, state=firing",
			"id=late, name=telamon.store.samplesIgnored",
		} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("no %s among\n%s", want, log.String())
			}
		}
	})
}
