//go:build linux && (amd64 || arm64) && !race

package tsdb_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// TestSeriesBytes holds the estimate of what series take against the heap, for tags of all lengths, shared and not.
func TestSeriesBytes(t *testing.T) {
	for _, c := range []struct{ keys, own, length int }{{18, 18, 119}, {18, 9, 119}, {18, 2, 119}, {18, 0, 119}, {8, 1, 20}, {2, 1, 8}, {18, 18, 8}} {
		db := openTestDB(t, vfstest.NewMemory(), tsdb.Config{})
		heap := func() int {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int(m.HeapAlloc)
		}
		before, logged := heap(), 0
		const series = 4000
		for i := range series {
			tags := []string{"name", fmt.Sprint("n", i)}
			for k := range c.keys {
				value := fmt.Sprint("c", k)
				if k < c.own {
					value = fmt.Sprint(i, "-", k)
				}
				tags = append(tags, fmt.Sprint("key", k), value+strings.Repeat("x", max(0, c.length-len(value))))
			}
			db.append(tsdb.Point{Ref: db.resolve(tag.New(tags...)), Time: 1000 * 60_000, Value: 1})
			logged += len(tag.New(tags...).AppendCanonical(nil)) // the disk of this test is memory, too
		}
		took, estimate := heap()-before-logged, db.Stats().SeriesBytes
		t.Logf("%+v: %d bytes a series, estimated %d", c, took/series, estimate/series)
		if took > estimate {
			t.Errorf("%+v: %d bytes a series, estimated %d", c, took/series, estimate/series)
		}
		db.close()
	}
}
