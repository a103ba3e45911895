package tsdb_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

var damageTrials = flag.Int("damage.trials", 40, "how many times TestLiveDamage damages files")

// TestLiveDamage damages block files under a DB that reads them: bits and bytes change, pages become zero, change places or
// come from another file, the end is cut off. Every answer must have the values that were written, but for those that the DB has
// named as lost by then.
func TestLiveDamage(t *testing.T) {
	base := t.TempDir()
	life := newDamageLife(t, base)
	for trial := range *damageTrials {
		seed := uint64(trial)
		t.Run(strconv.Itoa(trial), func(t *testing.T) { life.trial(t, base, rand.New(rand.NewPCG(seed, 7))) })
	}
}

const (
	damageSeries   = 40
	damageSlots    = 20  // of a window
	damageFirst    = 240 // window, the first of a merged file
	damageWindows  = 30
	damageFirstMin = damageFirst*damageSlots + 1
	damageLastMin  = (damageFirst + damageWindows) * damageSlots
)

// A damageLife is what was written to a data directory.
type damageLife struct {
	values map[string]map[int64]float64 // by id and minute
	refs   map[string]tsdb.Ref
}

func damageTags(i int) tag.Tags {
	return tag.New("name", "m", "id", fmt.Sprint("i", i), "node", fmt.Sprint("n", i%7))
}

func openDamageDB(t *testing.T, dir string) (*tsdb.DB, *wal.Log) {
	t.Helper()
	log, err := wal.Open(wal.Config{FS: vfs.OS{}, Dir: filepath.Join(dir, "wal")})
	if err != nil {
		t.Fatal(err)
	}
	db, err := tsdb.New(tsdb.Config{
		Log: log, FS: vfs.OS{}, BlockDir: filepath.Join(dir, "blocks"),
		WindowSlots: damageSlots, Shards: 2, MemoryHorizon: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(log.Replay(db.Replay), db.Start()); err != nil {
		t.Fatal(err)
	}
	db.WithoutCache()
	return db, log
}

// newDamageLife fills a directory with a merged file, files of one window, and one that stands in for a window of the merged one.
func newDamageLife(t *testing.T, dir string) *damageLife {
	db, log := openDamageDB(t, dir)
	defer log.Close()
	defer db.Close()
	life := &damageLife{values: make(map[string]map[int64]float64), refs: make(map[string]tsdb.Ref)}
	write := func(i int, minute int64, value float64) tsdb.Point {
		id := fmt.Sprint("i", i)
		life.values[id][minute] = value
		return tsdb.Point{Ref: life.refs[id], Time: minute * 60_000, Value: value}
	}
	publish := func(batch []tsdb.Point) {
		if refused, err := db.Append(t.Context(), batch); err != nil || len(refused) > 0 {
			t.Fatal(refused, err)
		}
	}
	maintain := func(minute int64) {
		if err := db.Maintain(t.Context(), time.UnixMilli(minute*60_000)); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	resolve := func(i int) {
		ref, err := db.Resolve(damageTags(i).AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		life.refs[fmt.Sprint("i", i)] = ref
	}
	for i := range damageSeries {
		resolve(i)
		life.values[fmt.Sprint("i", i)] = make(map[int64]float64)
	}
	for minute := int64(damageFirstMin); minute <= damageLastMin; minute++ {
		var batch []tsdb.Point
		for i := range damageSeries {
			if (int(minute)/damageSlots+i)%5 != 0 { // a window of five is missing
				batch = append(batch, write(i, minute, float64(random.IntN(1e6))))
			}
		}
		publish(batch)
	}
	maintain(damageLastMin + 100)
	maintain(damageLastMin + 200)
	resolve(1) // they may have been forgotten, and have no value in these windows
	resolve(30)
	publish([]tsdb.Point{write(1, 4883, 5e6), write(30, 4903, 6e6)})
	maintain(damageLastMin + 202)
	return life
}

// trial damages a copy of the directory while it is read.
func (l *damageLife) trial(t *testing.T, base string, random *rand.Rand) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
		t.Fatal(err)
	}
	db, log := openDamageDB(t, dir)
	defer log.Close()
	defer db.Close()
	files, err := filepath.Glob(filepath.Join(dir, "blocks", "*.blk"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v: want several", len(files), err)
	}
	if random.IntN(2) == 0 {
		l.ask(t, db, random) // else what is damaged has never been read
	}
	var stop atomic.Bool
	var readers sync.WaitGroup
	for i := range 2 {
		own := rand.New(rand.NewPCG(random.Uint64(), uint64(i)))
		readers.Go(func() {
			for !stop.Load() {
				l.ask(t, db, own)
			}
		})
	}
	var done []string
	for range 1 + random.IntN(4) {
		time.Sleep(time.Millisecond)
		what, err := damageFile(random, files)
		if err != nil {
			t.Error(err)
		}
		done = append(done, what)
	}
	time.Sleep(5 * time.Millisecond)
	stop.Store(true)
	readers.Wait()
	for _, when := range []string{"at once", "after maintenance"} {
		missing := l.check(t, db, tag.True{}, damageFirstMin, damageLastMin)
		t.Logf("%s %d values are missing after %v: %v", when, missing, done, lostText(db))
		if err := db.Maintain(t.Context(), time.UnixMilli((damageLastMin+300)*60_000)); err != nil {
			t.Errorf("Maintain: %v", err)
		}
	}
}

func lostText(db *tsdb.DB) (texts []string) {
	for _, d := range db.Stats().Damage.Recent {
		texts = append(texts, d.Lost+" ("+d.Cause+")")
	}
	return texts
}

// damageFile does something to one of some files and says what.
func damageFile(random *rand.Rand, files []string) (what string, err error) {
	name := files[random.IntN(len(files))]
	info, err := os.Stat(name)
	if err != nil || info.Size() == 0 {
		return "nothing, " + name + " is empty", err
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	const page = 4096
	at := random.Int64N(info.Size())
	size := min(page, info.Size()-at)
	b := make([]byte, size)
	switch random.IntN(8) {
	case 0, 1, 2:
		what, b = "a bit", b[:1]
		_, err = f.ReadAt(b, at)
		b[0] ^= 1 << random.IntN(8)
	case 3:
		what, b = "some bytes", b[:1+random.IntN(len(b))]
		for i := range b {
			b[i] = byte(random.Uint32())
		}
	case 4:
		at = at / page * page
		what, b = "a page of zeros", make([]byte, min(page, info.Size()-at))
	case 5:
		return fmt.Sprintf("cut %s at %d of %d", filepath.Base(name), at, info.Size()), f.Truncate(at)
	case 6:
		what = "a page of itself"
		_, err = f.ReadAt(b, random.Int64N(info.Size()-size+1))
	case 7:
		other, readErr := os.ReadFile(files[random.IntN(len(files))])
		what, b, err = "a page of another file", other[min(at, int64(len(other))):min(at+size, int64(len(other)))], readErr
	}
	if err != nil {
		return what, err
	}
	_, err = f.WriteAt(b, at)
	return fmt.Sprintf("%s into %s at %d of %d", what, filepath.Base(name), at, info.Size()), err
}

// ask asks something.
func (l *damageLife) ask(t *testing.T, db *tsdb.DB, random *rand.Rand) {
	first := damageFirstMin + random.Int64N(damageLastMin-damageFirstMin)
	last := first + random.Int64N(damageLastMin-first+1)
	var where tag.Predicate = tag.True{}
	switch random.IntN(4) {
	case 0:
		where = tag.Equal{Key: "id", Value: fmt.Sprint("i", random.IntN(damageSeries))}
	case 1:
		where = tag.Equal{Key: "node", Value: fmt.Sprint("n", random.IntN(7))}
	case 2:
		ids, err := db.TagValues(t.Context(), where, "id", tsdb.Page{})
		if err != nil {
			t.Errorf("Values: %v", err)
		}
		for _, id := range ids {
			if l.values[id.Text] == nil || id.Series != 1 {
				t.Errorf("Values has %+v", id)
			}
		}
	}
	l.check(t, db, where, first, last)
}

// check asks for each value of some series and returns how many are missing, each of which is named as lost.
func (l *damageLife) check(t *testing.T, db *tsdb.DB, where tag.Predicate, first, last int64) (missing int) {
	q := tsdb.Query{Where: where, PerSeries: true, Aggregates: tsdb.Sum, Step: 60_000, Start: first * 60_000, End: (last + 1) * 60_000}
	got := make(map[string][]float64)
	for c, err := range db.Select(context.Background(), q) {
		if err != nil {
			t.Errorf("Select: %v", err)
			return 0
		}
		id, _ := c.Tags.Get("id")
		if i, _ := strconv.Atoi(strings.TrimPrefix(id, "i")); c.Tags.String() != damageTags(i).String() || l.values[id] == nil {
			t.Errorf("a series %v", c.Tags)
			continue
		}
		got[id] = c.Sum
	}
	lost := db.Stats().Damage.Recent
	for i := range damageSeries {
		id := fmt.Sprint("i", i)
		if !where.Matches(damageTags(i)) {
			if got[id] != nil {
				t.Errorf("series %s was not asked for", id)
			}
			continue
		}
		for minute := first; minute <= last; minute++ {
			want, wanted := l.values[id][minute]
			have, has := 0.0, false
			if values := got[id]; values != nil {
				have = values[minute-first]
				has = have == have
			}
			switch {
			case has && (!wanted || have != want):
				t.Fatalf("%s at %d is %v, want %v (%t)", id, minute, have, want, wanted)
			case wanted && !has:
				missing++
				if !namedLost(lost, l.refs[id], minute) {
					t.Fatalf("%s at %d is missing, and not among what is lost: %v", id, minute, lostText(db))
				}
			}
		}
	}
	return missing
}

func namedLost(lost []tsdb.Damage, ref tsdb.Ref, minute int64) bool {
	window := (minute - 1) / damageSlots
	s := blockfile.Series{Shard: int(ref >> 32), Number: uint32(ref) - 1}
	return slices.ContainsFunc(lost, func(d tsdb.Damage) bool {
		if d.Whole {
			at := time.UnixMilli(minute * 60_000)
			return d.From.Before(at) && !at.After(d.To)
		}
		return slices.ContainsFunc(d.Extents, func(e blockfile.Extent) bool { return e.Covers(s, window) })
	})
}
