package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/atlasjson"
	"github.com/telamon-tsdb/telamon/ingest/internal/fakestore"
	"github.com/telamon-tsdb/telamon/tsdb"
)

const nowMs = 1_700_000_070_000

func newPipeline(store *fakestore.Store) *ingest.Pipeline {
	return ingest.New(ingest.Config{
		Store:  store,
		MaxAge: 5 * time.Minute,
		Now:    func() time.Time { return time.UnixMilli(nowMs) },
	})
}

// publish sends metrics, each "timestamp value tags" with the tags as the inside of a JSON object.
func publish(t *testing.T, p *ingest.Pipeline, metrics ...string) (ingest.Report, error) {
	t.Helper()
	var parts []string
	for _, m := range metrics {
		f := strings.SplitN(m, " ", 3)
		parts = append(parts, fmt.Sprintf(`{"timestamp":%s,"value":%s,"tags":{%s}}`, f[0], f[1], f[2]))
	}
	d := atlasjson.Decoder{Memo: p.Memo()}
	if err := d.Decode([]byte(`{"metrics":[` + strings.Join(parts, ",") + `]}`)); err != nil {
		t.Fatal(err)
	}
	return p.Publish(t.Context(), &d)
}

func at(ageMs int64) string { return fmt.Sprint(nowMs - ageMs) }

// TestPublishStores: tags are sorted and whatever number comes is handed on, for the store knows what to do
// with it.
func TestPublishStores(t *testing.T) {
	store := new(fakestore.Store)
	p := newPipeline(store)
	report, err := publish(t, p, at(0)+` 1.5 "name":"xx","app":"www"`, at(300_000)+` NaN "name":"yy"`, at(-60_000)+` -INF "name":"yy"`)
	if diff := cmp.Diff(ingest.Report{Samples: 3}, report); err != nil || diff != "" {
		t.Errorf("error %v, report (-want +got):\n%s", err, diff)
	}
	want := []fakestore.Stored{
		{Tags: "app=www, name=xx", Time: nowMs, Value: 1.5},
		{Tags: "name=yy", Time: nowMs - 300_000, Value: math.NaN()},
		{Tags: "name=yy", Time: nowMs + 60_000, Value: math.Inf(-1)},
	}
	if diff := cmp.Diff(want, store.Stored(), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// TestAges puts samples at the edges of what is accepted and of the buckets.
func TestAges(t *testing.T) {
	p := newPipeline(new(fakestore.Store))
	report, err := publish(t, p,
		at(-60_001)+` 1 "name":"xx"`, at(-60_000)+` 1 "name":"xx"`, at(-1)+` 1 "name":"xx"`,
		at(0)+` 1 "name":"xx"`, at(7_500)+` 1 "name":"xx"`, at(7_501)+` 1 "name":"xx"`, at(15_001)+` 1 "name":"xx"`,
		at(30_001)+` 1 "name":"xx"`, at(60_000)+` 1 "name":"xx"`, at(60_001)+` 1 "name":"xx"`,
		at(300_000)+` 1 "name":"xx"`, at(300_001)+` 1 "name":"xx"`, `-9223372036854775807 1 "name":"xx"`)
	if err != nil {
		t.Fatal(err)
	}
	want := ingest.Report{Samples: 13, Refused: 3, Messages: []string{
		`data is from future: now = 1700000070000, timestamp = 1700000130001 (tags={"name":"xx"}); it is 1m0s ahead of the server's clock, and at most a step (1m0s) is taken`,
		`data is too old: now = 1700000070000, timestamp = 1699999769999, 300001 > 300000 (tags={"name":"xx"}); it is 5m0s old, and at most --max-age (5m0s) is taken`,
		report.Messages[2],
	}}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	s := p.Stats()
	if diff := cmp.Diff([6]uint64{2, 2, 1, 1, 2, 2}, s.Ages); diff != "" {
		t.Errorf("ages (-want +got):\n%s", diff)
	}
	if s.Received != 13 || s.Stored != 10 || s.Refused[ingest.DataTooOld] != 2 || s.Refused[ingest.DataFromFuture] != 1 {
		t.Errorf("stats %+v", s)
	}
}

// TestAfterClose: the rules look at a step a delay after its end; what comes then is stored, and counted.
func TestAfterClose(t *testing.T) {
	const end = 1_700_000_040_000 // of a step of 60 s
	now := int64(0)
	store := new(fakestore.Store)
	p := ingest.New(ingest.Config{
		Store: store, MaxAge: time.Hour, EvalDelay: 20 * time.Second,
		Now: func() time.Time { return time.UnixMilli(now) },
	})
	for _, c := range []struct{ now, time, want int64 }{
		{end + 19_999, end, 0}, {end + 20_000, end, 1}, {end + 20_000, end - 59_999, 1}, {end + 20_000, end + 1, 0},
		{end + 79_999, end + 1, 0}, {end + 80_000, end + 1, 1}, {end + 80_000, end - 60_000, 1},
	} {
		now = c.now
		before := p.Stats().AfterClose
		report, err := publish(t, p, fmt.Sprint(c.time)+` 1 "name":"xx"`)
		if err != nil || report.Refused != 0 {
			t.Fatal(report, err)
		}
		if got := p.Stats().AfterClose - before; got != uint64(c.want) {
			t.Errorf("sample of %+d ms at %+d ms: counted %d, want %d", c.time-end, c.now-end, got, c.want)
		}
	}
	if n := len(store.Stored()); n != 7 {
		t.Errorf("%d samples stored, want all 7", n)
	}
}

// TestMessages: five are given, all are counted, and what passes lands.
func TestMessages(t *testing.T) {
	store := new(fakestore.Store)
	store.Refuse = func(point tsdb.Point) error {
		if point.Value == 13 {
			return errors.New("unlucky")
		}
		return nil
	}
	p := newPipeline(store)
	metrics := []string{at(0) + ` 13 "name":"xx"`, at(0) + ` 1 "name":"xx"`}
	for range 4 {
		metrics = append(metrics, at(0)+` 1 "no-name":"a\"b\n\u0001"`)
	}
	metrics = append(metrics, at(0)+` 13 "name":"yy"`, at(0)+` 13 "name":"zz"`)
	report, err := publish(t, p, metrics...)
	missing := `missing key 'name' (tags={"no-name":"a\"b\n\u0001"})`
	want := ingest.Report{Samples: 8, Refused: 7, Messages: []string{missing, missing, missing, missing, `unlucky (tags={"name":"xx"})`}}
	if diff := cmp.Diff(want, report); err != nil || diff != "" {
		t.Errorf("error %v, report (-want +got):\n%s", err, diff)
	}
	if got := store.Stored(); len(got) != 1 || got[0].Value != 1 {
		t.Errorf("stored %v", got)
	}
	if s := p.Stats(); s.Refused[ingest.HasKeyRule] != 4 || s.Refused[ingest.StoreRule] != 3 || s.Stored != 1 {
		t.Errorf("stats %+v", s)
	}
}

// TestLongTagsAreCut: an answer stays small whatever was sent.
func TestLongTagsAreCut(t *testing.T) {
	p := newPipeline(new(fakestore.Store))
	long := strings.Repeat("x", 1<<20)
	report, err := publish(t, p, at(0)+` 1 "name":"`+long+`"`, at(0)+` 1 "name":"xx","`+long+`":"v"`)
	if err != nil || report.Refused != 2 {
		t.Fatal(report.Refused, err)
	}
	for _, m := range report.Messages {
		if len(m) > 40<<10 {
			t.Errorf("message of %d bytes: %.100s", len(m), m)
		}
	}
}

// TestMemoInPublish: a series is resolved once, and again after the store has refused a point of it.
func TestMemoInPublish(t *testing.T) {
	store := new(fakestore.Store)
	store.Refuse = func(point tsdb.Point) error {
		if point.Value == 13 {
			return errors.New("unlucky")
		}
		return nil
	}
	p := newPipeline(store)
	for i, c := range []struct {
		value string
		want  int // look-ups so far
	}{{"1", 1}, {"2", 1}, {"13", 1}, {"3", 2}, {"4", 2}} {
		if _, err := publish(t, p, at(0)+` `+c.value+` "name":"xx"`); err != nil {
			t.Fatal(err)
		}
		if got := store.Resolved(); got != c.want {
			t.Errorf("request %d: %d look-ups, want %d", i, got, c.want)
		}
	}
	if n := p.Stats().Remembered; n != 1 {
		t.Errorf("%d series remembered", n)
	}
}

// TestStaleReference: a series that the store has evicted since it was remembered is resolved anew, and all its
// samples are stored in their order, in the request that met it.
func TestStaleReference(t *testing.T) {
	store := new(fakestore.Store)
	p := newPipeline(store)
	if _, err := publish(t, p, at(0)+` 1 "name":"job"`, at(0)+` 1 "name":"other"`); err != nil {
		t.Fatal(err)
	}
	store.Evict()
	report, err := publish(t, p, at(0)+` 2 "name":"job"`, at(0)+` 7 "name":"new"`, at(0)+` 3 "name":"job"`, at(0)+` 4 "name":"other"`)
	if diff := cmp.Diff(ingest.Report{Samples: 4}, report); err != nil || diff != "" {
		t.Errorf("error %v, report (-want +got):\n%s", err, diff)
	}
	var got []float64
	for _, stored := range store.Stored() {
		if stored.Tags == "name=job" {
			got = append(got, stored.Value)
		}
	}
	if want := []float64{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("values of the job: %v, want %v", got, want)
	}
	if s := p.Stats(); s.Stored != 6 || s.Refused[ingest.StoreRule] != 0 {
		t.Errorf("stats %+v", s)
	}
}

// TestStaleReferenceFails: where the points of evicted series cannot be stored, those alone are refused, because the
// others are durable already.
func TestStaleReferenceFails(t *testing.T) {
	for name, fail := range map[string]func(*fakestore.Store){
		"limit":     func(s *fakestore.Store) { s.FailResolve(errors.New("no place")) },
		"disk full": func(s *fakestore.Store) { s.FailAppendBehind(1, errors.New("no place")) },
	} {
		t.Run(name, func(t *testing.T) {
			store := new(fakestore.Store)
			p := newPipeline(store)
			if _, err := publish(t, p, at(0)+` 1 "name":"job"`, at(0)+` 1 "name":"other"`); err != nil {
				t.Fatal(err)
			}
			store.Evict("name=job")
			fail(store)
			report, err := publish(t, p, at(0)+` 2 "name":"job"`, at(0)+` 3 "name":"other"`)
			if err != nil || report.Refused != 1 || !strings.Contains(report.Messages[0], `no place (tags={"name":"job"})`) {
				t.Errorf("%+v, %v; want the job refused", report, err)
			}
			if n := len(store.Stored()); n != 3 {
				t.Errorf("%d samples stored, want 3", n)
			}
		})
	}
}

// TestSeriesRefused: a series that the store does not want costs only its own samples.
func TestSeriesRefused(t *testing.T) {
	store := new(fakestore.Store)
	p := newPipeline(store)
	if _, err := publish(t, p, at(0)+` 1 "name":"old"`); err != nil {
		t.Fatal(err)
	}
	store.FailResolve(errors.New("too many series"))
	report, err := publish(t, p, at(0)+` 1 "name":"new"`, at(0)+` 2 "name":"old"`)
	want := ingest.Report{Samples: 2, Refused: 1, Messages: []string{`too many series (tags={"name":"new"})`}}
	if diff := cmp.Diff(want, report); err != nil || diff != "" {
		t.Errorf("error %v, report (-want +got):\n%s", err, diff)
	}
	if s := p.Stats(); s.Refused[ingest.StoreRule] != 1 || s.Stored != 2 {
		t.Errorf("stats %+v", s)
	}
}

// TestNewSeriesAreBounded: long common tags make a small body gigabytes of series; they are refused from a point on,
// while series that are known by then are not.
func TestNewSeriesAreBounded(t *testing.T) {
	const series = 40_000
	var body strings.Builder
	body.WriteString(`{"tags":{`)
	for i := range 18 {
		fmt.Fprintf(&body, `%s"tag%02d":"%s"`, strings.Repeat(",", min(i, 1)), i, strings.Repeat("x", 120))
	}
	body.WriteString(`},"metrics":[`)
	for i := range series {
		fmt.Fprintf(&body, `{"timestamp":%d,"value":1,"tags":{"name":"n%06d"}},`, nowMs, i)
	}
	fmt.Fprintf(&body, `{"timestamp":%d,"value":1,"tags":{"name":"n000000"}}]}`, nowMs)
	store := new(fakestore.Store)
	p := newPipeline(store)
	d := atlasjson.Decoder{Memo: p.Memo()}
	if err := d.Decode([]byte(body.String())); err != nil {
		t.Fatal(err)
	}
	report, err := p.Publish(t.Context(), &d)
	if err != nil || report.Refused == 0 || !strings.HasPrefix(report.Messages[0], "too many new series in one request") {
		t.Fatal(report.Refused, err, report.Messages)
	}
	const canonical = 18*(1+5+1+120) + 1 + 4 + 1 + 7 // bytes of one series
	if want := 64<<20/canonical + 1; report.Stored() != want {
		t.Errorf("%d samples stored, want %d", report.Stored(), want)
	}
	if got := p.Stats().Refused[ingest.NewSeriesRule]; got != uint64(report.Refused) {
		t.Errorf("%d counted, want %d", got, report.Refused)
	}
	if _, err := publish(t, p, at(0)+` 1 "name":"next"`); err != nil || p.Stats().Stored != uint64(report.Stored())+1 {
		t.Errorf("the next request: %v, %+v", err, p.Stats())
	}
}

func TestStoreErrors(t *testing.T) {
	full := errors.New("disk full")
	store := new(fakestore.Store)
	store.FailAppend(full)
	p := newPipeline(store)
	if _, err := publish(t, p, at(0)+` 1 "name":"xx"`); !errors.Is(err, full) {
		t.Errorf("append: %v", err)
	}
	if s := p.Stats(); s.Failed != 1 || s.Received != 1 || s.Stored != 0 {
		t.Errorf("stats %+v", s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var d atlasjson.Decoder
	if err := d.Decode([]byte(`{"metrics":[{"tags":{"name":"xx"},"timestamp":` + at(0) + `}]}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := newPipeline(new(fakestore.Store)).Publish(ctx, &d); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
