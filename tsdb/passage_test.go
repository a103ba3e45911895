package tsdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// TestLockIsGivenBack reads with the lock given back after every few series: once as nothing else happens, for the same answers
// to the last bit, and then while windows are written, sealed, filed and loaded.
func TestLockIsGivenBack(t *testing.T) {
	const series = 1500
	db := openMemoryDB(t, Config{BlockDir: "/blocks", MemoryHorizon: 2 * time.Hour})
	defer db.Close()
	db.cache = nil
	appendMinutes(t, db, series, 1, 61)
	queries := []Query{
		{Where: tag.True{}, Start: minute, End: 60 * minute, Step: minute, Aggregates: Sum | Count | Min},
		{Where: tag.True{}, Start: 10 * minute, End: 60 * minute, Step: 5 * minute, Aggregates: Sum},
		{Where: tag.True{}, Start: minute, End: 62 * minute, Step: minute, Aggregates: Max, PerSeries: true},
	}
	ask := func() (answers []string) {
		for _, q := range queries {
			answers = append(answers, strings.Join(answerText(t, db, q), "\n"))
		}
		return answers
	}
	want := ask()
	db.heldFor = 0
	for i, got := range ask() {
		if got != want[i] {
			t.Errorf("query %d: another answer in pieces", i)
		}
	}
	done := make(chan struct{})
	var moving sync.WaitGroup
	moving.Go(func() {
		defer close(done)
		for at := int64(62); at < 400; at += 40 {
			appendMinutes(t, db, series, at, at)
			if err := db.Maintain(context.Background(), time.UnixMilli(at*minute)); err != nil {
				t.Errorf("Maintain: %v", err)
			}
		}
	})
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		for i, got := range ask() {
			if i < 2 && got != want[i] {
				t.Fatalf("query %d: another answer while windows move", i)
			}
		}
	}
	moving.Wait()
}

// answerText returns the columns of an answer as text.
func answerText(t *testing.T, db *DB, q Query) (lines []string) {
	t.Helper()
	for c, err := range db.Select(context.Background(), q) {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(c.Tags, c.Sum, c.Count, c.Min, c.Max, c.Series, c.Samples))
	}
	return lines
}

// TestPatternsShareABudget: a pattern that is dear, but never too dear for one value, is refused over all, and named.
func TestPatternsShareABudget(t *testing.T) {
	db := openMemoryDB(t, Config{})
	defer db.Close()
	var points []Point
	for i := range 2000 {
		ref, err := db.Resolve(tag.New("atlas.dstype", "gauge", "name", "mm", "id", fmt.Sprint(strings.Repeat("ab", 20), i)).AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, Point{Ref: ref, Time: minute, Value: 1})
	}
	if _, err := db.Append(context.Background(), points); err != nil {
		t.Fatal(err)
	}
	dear, err := pattern.Compile(".*(a|b).*(a|b).*(a|b).*[xy]", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx := pattern.WithBudget(context.Background(), pattern.NewBudget(1<<22))
	where := tag.Match{Key: "id", Pattern: dear}
	_, err = db.columns(ctx, Query{Where: where, Start: minute, End: 2 * minute, Step: minute, Aggregates: Sum})
	if !errors.Is(err, pattern.ErrBudget) || !strings.Contains(err.Error(), dear.Source()) || !strings.Contains(err.Error(), `"id"`) {
		t.Errorf("columns: %v, want an error that names key and pattern", err)
	}
	if _, err := db.TagValues(ctx, where, "name", Page{}); !errors.Is(err, pattern.ErrBudget) {
		t.Errorf("TagValues: %v", err)
	}
	if _, err := db.TagKeys(ctx, where, Page{}); !errors.Is(err, pattern.ErrBudget) {
		t.Errorf("TagKeys: %v", err)
	}
	if _, err := db.Delete(ctx, where, 0, minute); !errors.Is(err, pattern.ErrBudget) {
		t.Errorf("Delete: %v", err)
	}
}

// TestPatternEndsAtOnce: a pattern over many values hears of the end of its context after some microseconds.
func TestPatternEndsAtOnce(t *testing.T) {
	dear, err := pattern.Compile(".*(a|b).*(a|b).*(a|b).*[xy]", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	m := pattern.NewMatcher(ctx)
	value := strings.Repeat("ab", 20)
	if _, err := m.Match(dear, value); err != nil {
		t.Fatal(err)
	}
	gone := errors.New("the client has gone")
	cancel(gone)
	if _, err := m.Match(dear, value); !errors.Is(err, gone) {
		t.Errorf("got %v, want the cause", err)
	}
}
