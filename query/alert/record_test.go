package alert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

func TestRecordOfAQuietStep(t *testing.T) {
	b := newBench(t, "")
	b.begin(oneRule)
	b.steps(7, 7)
	want := []string{`3.1 {"roster":{"rules":{"Down":"a1240b43e4075f50"}}}`, `3.1 {"step":7000}`}
	if diff := cmp.Diff(want, recordTexts(b.log.records)); diff != "" {
		t.Errorf("a step in which nothing changed costs one short record (-want +got):\n%s", diff)
	}
}

func TestRecordsOfATransition(t *testing.T) {
	b := newBench(t, "T")
	b.begin(strings.Replace(oneRule, "for: 3s", "for: 0", 1))
	b.steps(1, 1)
	b.deliver()
	b.log.records = b.log.records[1:] // the first one names the rule
	if len(b.log.records) != 2 {
		t.Fatalf("got records %v, want the decision and its delivery", recordTexts(b.log.records))
	}
	state := string(b.log.records[0].Body)
	for _, want := range []string{`"step":1000`, `"rule":"Down"`, `"phase":2`, `"notifications":[{"id":"`} {
		if !strings.Contains(state, want) {
			t.Errorf("the decision lacks %s: %s", want, state)
		}
	}
	if settled := b.log.records[1]; settled.Type != wal.Notification || !strings.Contains(string(settled.Body), `"attempts":1`) {
		t.Errorf("got %s", recordTexts(b.log.records)[1])
	}
}

// TestLargeChange checks that a change that does not fit one record comes back whole, the step last.
func TestLargeChange(t *testing.T) {
	b := newBench(t, "")
	b.engine.lines = func(expr.Expr, int64) ([]query.StepLine, error) {
		samples := make([]query.StepLine, 5000)
		for i := range samples {
			samples[i] = query.StepLine{Tags: tag.New("n", fmt.Sprint(i)), Signal: 1}
		}
		return samples, nil
	}
	rules := strings.Replace(oneRule, "for: 3s", "for: 0", 1)
	m := b.begin(rules)
	b.steps(1, 1)
	if len(b.log.records) < 2 {
		t.Fatalf("5000 groups came in %d record of %d bytes", len(b.log.records), len(b.log.records[0].Body))
	}
	for i, r := range b.log.records {
		if last := i == len(b.log.records)-1; strings.Contains(string(r.Body[:20]), `"step":1000`) != last {
			t.Errorf("record %d begins with %s", i, r.Body[:20])
		}
		if len(r.Body) > 2*chunkBytes {
			t.Errorf("record %d has %d bytes", i, len(r.Body))
		}
	}
	want := m.Snapshot()
	if got := b.begin(rules).Snapshot(); !slices.Equal(recordTexts(got), recordTexts(want)) {
		t.Error("after replay the snapshot is another")
	}
}

func TestReplayOfDamage(t *testing.T) {
	for _, c := range []struct {
		record wal.Record
		want   string
	}{
		{wal.Record{Type: wal.AlertState, Version: 2, Body: []byte("{}")}, "has version 2, this program knows 1: use a newer one"},
		{wal.Record{Type: wal.AlertState, Version: 1, Body: []byte("{")}, "unexpected end"},
		{wal.Record{Type: wal.AlertState, Version: 1, Body: []byte(`{"step":-1}`)}, "step -1"},
		{wal.Record{Type: wal.AlertState, Version: 1, Body: []byte(`{"groups":[{"rule":"a","tags":"AQ=="}]}`)}, "group 0: not the canonical bytes"},
		{wal.Record{Type: wal.AlertState, Version: 1, Body: []byte(`{"groups":[{"rule":"a","tags":"","state":{"phase":9}}]}`)}, "impossible state"},
		{wal.Record{Type: wal.AlertState, Version: 1, Body: []byte(`{"notifications":[{"id":"a"}]}`)}, "notification 0 is incomplete"},
		{wal.Record{Type: wal.Notification, Version: 1, Body: []byte(`{}`)}, "names no alert"},
	} {
		m := newBench(t, "").begin("")
		err := m.Replay(c.record)
		if !errors.Is(err, errRecord) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one with %q", c.record.Body, err, c.want)
		}
	}
	if err := newBench(t, "").begin("").Replay(wal.Record{Type: wal.Points, Version: 9}); err != nil {
		t.Errorf("a record of somebody else: %v", err)
	}
}

func FuzzReplay(f *testing.F) {
	b := newBench(f, "TTT.")
	b.begin(oneRule)
	b.steps(1, 3)
	b.deliver()
	b.steps(4, 4)
	for _, r := range b.log.records {
		f.Add(uint8(r.Type), r.Body)
	}
	f.Add(uint8(wal.AlertState), []byte(`{"groups":[{"rule":"Down","tags":"","state":{"phase":2},"told":["oncall"]}]}`))
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		b := newBench(t, "T.T")
		b.log.records = nil
		m := b.begin(oneRule)
		record := wal.Record{Type: wal.Type(kind), Version: recordVersion, Body: body}
		if err := m.Replay(record); err != nil {
			return
		}
		want := recordTexts(m.Snapshot())
		if err := m.Replay(record); err != nil {
			t.Fatalf("the second time: %v", err)
		}
		if diff := cmp.Diff(want, recordTexts(m.Snapshot())); diff != "" && record.Type == wal.AlertState {
			t.Fatalf("a record applied twice is not the same as once (-once +twice):\n%s", diff)
		}
		if err := m.SetRules(context.Background(), testRules(t, oneRule)); err != nil {
			t.Fatal(err)
		}
		b.steps(1, 3)
		b.deliver()
		m.Status()
	})
}
