package self

import (
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/listen"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// OfPipeline offers what a pipeline counts, where Atlas counts the same under Atlas's names.
func OfPipeline(stats func() ingest.Stats, step time.Duration) Source {
	return func() []Value {
		s := stats()
		values := []Value{
			{"telamon.ingest.samplesReceived", Counter, float64(s.Received), nil},
			{"telamon.ingest.samplesStored", Counter, float64(s.Stored), nil},
			{"telamon.ingest.samplesFailed", Counter, float64(s.Failed), nil},
			{"telamon.ingest.samplesAfterClose", Counter, float64(s.AfterClose), nil},
			{"telamon.ingest.seriesRemembered", Gauge, float64(s.Remembered), nil},
		}
		for rule, n := range s.Refused {
			values = append(values, Value{"atlas.db.numInvalid", Counter, float64(n), tag.New("error", ingest.Rule(rule).String())})
		}
		for bucket, n := range s.Ages {
			values = append(values, Value{"atlas.db.numMetricsReceived", Counter, float64(n), tag.New("bucket", bucketLabel(ingest.AgeBucket(bucket), step))})
		}
		return values
	}
}

// bucketLabel names a range of ages as Atlas does: by its upper end, of equal length so that labels
// sort. For a step of 60 s that is 07s, 15s, 30s and 60s.
func bucketLabel(bucket ingest.AgeBucket, step time.Duration) string {
	var upper time.Duration
	switch bucket {
	case ingest.AgeFuture:
		return "future"
	case ingest.AgeEighth:
		upper = step / 8
	case ingest.AgeQuarter:
		upper = step / 4
	case ingest.AgeHalf:
		upper = step / 2
	case ingest.AgeStep:
		upper = step
	default:
		return "old"
	}
	unit, name := time.Second, "s"
	if step < 8*time.Second {
		unit, name = time.Millisecond, "ms"
	}
	width := len(fmt.Sprint(int64(step / unit)))
	return fmt.Sprintf("%0*d%s", width, int64(upper/unit), name)
}

// OfPublish offers what the publish handler counts.
func OfPublish(stats func() listen.Stats) Source {
	return func() []Value {
		s := stats()
		values := []Value{
			{"telamon.publish.bodyBytes", Counter, float64(s.BodyBytes), nil},
			{"telamon.publish.heldBytes", Gauge, float64(s.HeldBytes), nil},
		}
		for _, one := range []struct {
			status string
			count  uint64
		}{
			{"200", s.OK}, {"202", s.Partial}, {"400", s.BadRequest}, {"405", s.NotAllowed},
			{"413", s.TooLarge}, {"503", s.Unavailable},
		} {
			values = append(values, Value{"telamon.publish.requests", Counter, float64(one.count), tag.New("status", one.status)})
		}
		return values
	}
}

// OfStore offers what the database counts.
func OfStore(stats func() tsdb.Stats) Source {
	return func() []Value {
		s := stats()
		return []Value{
			{"telamon.store.samples", Counter, float64(s.Append.Points), nil},
			{"telamon.store.writes", Counter, float64(s.Append.Writes), nil},
			{"telamon.store.samplesIgnored", Counter, float64(s.Append.Duplicates), tag.New("id", "duplicate")},
			{"telamon.store.samplesIgnored", Counter, float64(s.Append.Late), tag.New("id", "late")},
			{"telamon.store.samplesIgnored", Counter, float64(s.Append.Refused), tag.New("id", "refused")},
			{"telamon.store.commits", Counter, float64(s.Commits), nil},
			{"telamon.store.series", Gauge, float64(s.Series), tag.New("id", "known")},
			{"telamon.store.series", Gauge, float64(s.Active), tag.New("id", "active")},
			{"telamon.store.windows", Gauge, float64(s.OpenWindows), tag.New("id", "open")},
			{"telamon.store.windows", Gauge, float64(s.SealedWindows), tag.New("id", "sealed")},
			{"telamon.store.windowBytes", Gauge, float64(s.WindowBytes), nil},
			{"telamon.store.cacheLookups", Counter, float64(s.Cache.Hits), tag.New("id", "hit")},
			{"telamon.store.cacheLookups", Counter, float64(s.Cache.Misses), tag.New("id", "miss")},
			{"telamon.store.cacheLookups", Counter, float64(s.Cache.Stale), tag.New("id", "stale")},
			{"telamon.store.cacheBytes", Gauge, float64(s.Cache.Bytes), nil},
			{"telamon.store.damages", Counter, float64(s.Damage.Restored), tag.New("id", "restored")},
			{"telamon.store.damages", Counter, float64(s.Damage.Lost), tag.New("id", "lost")},
			{"telamon.store.damages", Counter, float64(s.Damage.Files), tag.New("id", "file")},
		}
	}
}

// LogCounts are what the write-ahead log counts, as plain numbers: this package does not know the log.
type LogCounts struct {
	Appends, Syncs uint64        // acknowledged appends, and fsyncs
	LastSync       time.Duration // how long the last fsync took
	Failures       uint64        // tries to write that failed
	Segments       int           // files there are
	Bytes          int64         // in those files
}

// OfLog offers what the write-ahead log counts.
func OfLog(counts func() LogCounts) Source {
	return func() []Value {
		c := counts()
		return []Value{
			{"telamon.log.appends", Counter, float64(c.Appends), nil},
			{"telamon.log.syncs", Counter, float64(c.Syncs), nil},
			{"telamon.log.lastSyncSeconds", Gauge, c.LastSync.Seconds(), nil},
			{"telamon.log.failures", Counter, float64(c.Failures), nil},
			{"telamon.log.segments", Gauge, float64(c.Segments), nil},
			{"telamon.log.bytes", Gauge, float64(c.Bytes), nil},
		}
	}
}

// AlertCounts are what alerting counts, as plain numbers: this package does not know the alerts.
type AlertCounts struct {
	Evaluations, EvaluationErrors uint64 // of a rule at a step
	SkippedSteps                  uint64 // steps that were missed for too long to be caught up
	UnknownSteps                  uint64 // steps of which nothing could be said, those that were skipped among them
	// FirstJudged is the time from the start to the first step that was judged; before that, the time that has passed.
	FirstJudged     time.Duration
	Waiting         int    // notifications that are not delivered yet
	GivenUp         uint64 // notifications dropped for want of room
	Pending, Firing int    // groups
	Held            int    // rules that are not in the rules file and whose alerts fire on
	RulesRefused    bool   // the newest rules file is not in force
}

// OfAlerts offers what alerting counts.
func OfAlerts(counts func() AlertCounts) Source {
	return func() []Value {
		c := counts()
		return []Value{
			{"telamon.alerts.evaluations", Counter, float64(c.Evaluations), nil},
			{"telamon.alerts.evaluationErrors", Counter, float64(c.EvaluationErrors), nil},
			{"telamon.alerts.skippedSteps", Counter, float64(c.SkippedSteps), nil},
			{"telamon.alerts.unknownSteps", Counter, float64(c.UnknownSteps), nil},
			{"telamon.alerts.firstJudgedSeconds", Gauge, c.FirstJudged.Seconds(), nil},
			{"telamon.alerts.waiting", Gauge, float64(c.Waiting), nil},
			{"telamon.alerts.givenUp", Counter, float64(c.GivenUp), nil},
			{"telamon.alerts.groups", Gauge, float64(c.Pending), tag.New("state", "pending")},
			{"telamon.alerts.groups", Gauge, float64(c.Firing), tag.New("state", "firing")},
			{"telamon.alerts.heldRules", Gauge, float64(c.Held), nil},
			{"telamon.alerts.rulesRefused", Gauge, truth(c.RulesRefused), nil},
		}
	}
}

// ConnectionCounts are what the HTTP listener counts, as plain numbers.
type ConnectionCounts struct {
	Open             int    // connections at present
	GaveWay, Refused uint64 // connections closed for want of room: slow ones for new ones, and new ones
}

// OfConnections offers what the HTTP listener counts.
func OfConnections(counts func() ConnectionCounts) Source {
	return func() []Value {
		c := counts()
		return []Value{
			{"telamon.http.connections", Gauge, float64(c.Open), nil},
			{"telamon.http.connectionsClosed", Counter, float64(c.GaveWay), tag.New("id", "gaveWay")},
			{"telamon.http.connectionsClosed", Counter, float64(c.Refused), tag.New("id", "refused")},
		}
	}
}

// truth returns 1 for true and 0 for false.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// runtimeValues are the metrics of the Go runtime that are worth a series.
var runtimeValues = []struct {
	metric string // of package runtime/metrics
	name   string
	kind   Kind
}{
	{"/sched/goroutines:goroutines", "telamon.runtime.goroutines", Gauge},
	{"/gc/heap/live:bytes", "telamon.runtime.heapLiveBytes", Gauge},
	{"/memory/classes/total:bytes", "telamon.runtime.memoryBytes", Gauge},
	{"/gc/heap/allocs:bytes", "telamon.runtime.allocatedBytes", Counter},
	{"/gc/cycles/total:gc-cycles", "telamon.runtime.gcCycles", Counter},
}

// OfRuntime offers what the Go runtime counts.
func OfRuntime() Source {
	samples := make([]metrics.Sample, len(runtimeValues))
	for i, one := range runtimeValues {
		samples[i].Name = one.metric
	}
	return func() []Value {
		metrics.Read(samples)
		values := make([]Value, len(samples))
		for i, one := range runtimeValues {
			// All of the table are whole numbers; the test says if a new Go drops one.
			values[i] = Value{one.name, one.kind, float64(samples[i].Value.Uint64()), nil}
		}
		return values
	}
}
