package ingest

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
)

// A Store is what a Pipeline needs of the database.
type Store interface {
	tsdb.Resolver
	tsdb.Appender
}

// Config sets up a Pipeline.
type Config struct {
	// Store takes the samples. It is the one field that must be set.
	Store Store
	// Step is the primary step of the store, and how far ahead of the clock a sample may be, whatever
	// MaxAge is. 60 s if zero.
	Step time.Duration
	// MaxAge is how old a sample may be. 15 min if zero.
	MaxAge time.Duration
	// EvalDelay is how long after its end a step is evaluated by the rules: samples of steps that were
	// evaluated already are counted (Stats.AfterClose).
	EvalDelay time.Duration
	// Limits bounds the tags.
	Limits Limits
	// RememberedSeries bounds the Memo, at 32-64 bytes a series. 1 Mi if zero.
	RememberedSeries int
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// A Pipeline checks samples, resolves their series and appends them. Its methods may be called at
// the same time.
type Pipeline struct {
	store    Store
	limits   Limits
	now      func() time.Time
	stepMs   int64
	maxAgeMs int64
	delayMs  int64
	memo     *Memo
	scratch  sync.Pool // of *scratch
	counts   counters
}

// New returns a pipeline into config.Store.
func New(config Config) *Pipeline {
	if config.Step == 0 {
		config.Step = time.Minute
	}
	if config.MaxAge == 0 {
		config.MaxAge = 15 * time.Minute
	}
	if config.RememberedSeries == 0 {
		config.RememberedSeries = 1 << 20
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Pipeline{
		store:    config.Store,
		limits:   config.Limits.withDefaults(),
		now:      config.Now,
		stepMs:   config.Step.Milliseconds(),
		maxAgeMs: config.MaxAge.Milliseconds(),
		delayMs:  config.EvalDelay.Milliseconds(),
		memo:     NewMemo(config.RememberedSeries),
		scratch:  sync.Pool{New: func() any { return new(scratch) }},
	}
}

// Memo returns the memo in which the pipeline puts down what it accepted, for the decoders.
func (p *Pipeline) Memo() *Memo { return p.memo }

// scratch is what one Publish needs, kept for the next.
type scratch struct {
	points    []tsdb.Point
	origin    []int32 // of points[i]: its position in the source
	canonical []byte
	newBytes  int // canonical bytes of the series resolved in this request
}

// maxNewSeriesBytes bounds the canonical bytes of the series in one request that the memo does not know. Tags common
// to all metrics make them far longer than the body: 8 MiB could bring gigabytes. It is 300,000 series of usual
// size, so only who sends more has to split. Repeats that the memo cannot tell, with the common tags behind the
// metrics, count again.
const maxNewSeriesBytes = 64 << 20

// maxScratchPoints is the largest batch whose scratch is kept, 1.8 MB of it: six times what clients
// send at once.
const maxScratchPoints = 1 << 16

// Publish takes the samples of src to the store. When it returns without an error every sample that
// is not among the refused is durable. After an error none was stored, nor refused for good: the
// error is that of the store, which could not take the samples now, or of ctx.
func (p *Pipeline) Publish(ctx context.Context, src Source) (Report, error) {
	s := p.scratch.Get().(*scratch)
	defer func() {
		if cap(s.points) <= maxScratchPoints {
			p.scratch.Put(s)
		}
	}()
	report := Report{Samples: src.Len()}
	var tally tally
	p.collect(src, s, &report, &tally)
	if len(s.points) > 0 {
		refused, err := p.store.Append(ctx, s.points)
		if err != nil {
			p.counts.failed(report.Samples)
			return Report{}, fmt.Errorf("ingest: append %d points: %w", len(s.points), err)
		}
		if len(refused) > 0 {
			refused = p.appendStale(ctx, refused, src, s, &report, &tally)
			p.explain(refused, src, s, &report, &tally)
		}
	}
	p.counts.add(&report, &tally)
	return report, nil
}

// collect puts the samples of src that pass the checks in s.points and their positions in s.origin,
// and reports the others.
func (p *Pipeline) collect(src Source, s *scratch, report *Report, tally *tally) {
	s.points, s.origin, s.newBytes = s.points[:0], s.origin[:0], 0
	now := p.now().UnixMilli()
	for i := range src.Len() {
		sample := src.Sample(i)
		age := now - sample.Time
		if age > p.maxAgeMs || age < -p.stepMs {
			p.refuseAge(now, sample.Time, src, i, report, tally)
			continue
		}
		ref := sample.Series
		if ref == 0 { // ask once more: an earlier sample of the request may have been the first of the series
			ref = p.memo.Lookup(sample.Encoded)
		}
		if ref == 0 {
			if ref = p.resolve(src, i, s, report, tally); ref == 0 {
				continue
			}
			p.memo.Remember(sample.Encoded, ref)
		}
		tally.ages[ageBucket(age, p.stepMs)]++
		if stepEnd(sample.Time, p.stepMs)+p.delayMs <= now {
			tally.afterClose++
		}
		s.points = append(s.points, tsdb.Point{Ref: ref, Time: sample.Time, Value: sample.Value})
		s.origin = append(s.origin, int32(i))
	}
}

// stepEnd returns the end of the step that t lies in, a boundary belonging to the step that it ends.
func stepEnd(t, stepMs int64) int64 { return t + ((stepMs - t%stepMs) % stepMs) }

func (p *Pipeline) refuseAge(now, at int64, src Source, i int, report *Report, tally *tally) {
	if at > now {
		tally.refused[DataFromFuture]++
		report.refuse(src, i, func([]Tag) (reason, hint string) {
			return fmt.Sprintf("data is from future: now = %d, timestamp = %d", now, at),
				timeHint(now, at, p.stepMs, "a step")
		})
		return
	}
	tally.refused[DataTooOld]++
	report.refuse(src, i, func([]Tag) (reason, hint string) {
		return fmt.Sprintf("data is too old: now = %d, timestamp = %d, %d > %d", now, at, now-at, p.maxAgeMs),
			timeHint(now, at, p.maxAgeMs, "--max-age")
	})
}

// resolve checks the tags of sample i and returns its series; zero if the sample was refused, by the rules or by
// the store, which has limits on new series.
func (p *Pipeline) resolve(src Source, i int, s *scratch, report *Report, tally *tally) tsdb.Ref {
	tags := src.Tags(i)
	if v, ok := p.limits.check(tags); !ok {
		tally.refused[v.rule]++
		report.refuse(src, i, func(tags []Tag) (reason, hint string) { return v.reason(tags), v.hint(&p.limits, tags) })
		return 0
	}
	s.canonical = appendCanonical(s.canonical[:0], tags)
	if s.newBytes += len(s.canonical); s.newBytes > maxNewSeriesBytes {
		tally.refused[NewSeriesRule]++
		report.refuse(src, i, func([]Tag) (reason, hint string) {
			return fmt.Sprintf("too many new series in one request: their tags have more than %d MiB; send them in several", maxNewSeriesBytes>>20), ""
		})
		return 0
	}
	ref, err := p.store.Resolve(s.canonical)
	if err != nil {
		tally.refused[StoreRule]++
		report.refuse(src, i, func([]Tag) (reason, hint string) { return err.Error(), "" })
		return 0
	}
	return ref
}

// explain reports what the store refused.
func (p *Pipeline) explain(refused []tsdb.Refusal, src Source, s *scratch, report *Report, tally *tally) {
	for _, one := range refused {
		i := int(s.origin[one.Index])
		tally.refused[StoreRule]++
		report.refuse(src, i, func([]Tag) (reason, hint string) { return one.Err.Error(), "" })
		// The store may have dropped the series since it was remembered; if it has not, asking once
		// more costs little.
		p.memo.Forget(src.Sample(i).Encoded)
	}
}

// appendCanonical appends the canonical bytes of tags, which are sorted: tag.Tags.AppendCanonical
// for tags that are no strings yet.
func appendCanonical(dst []byte, tags []Tag) []byte {
	for i := range tags {
		dst = binary.AppendUvarint(dst, uint64(len(tags[i].Key)))
		dst = append(dst, tags[i].Key...)
		dst = binary.AppendUvarint(dst, uint64(len(tags[i].Value)))
		dst = append(dst, tags[i].Value...)
	}
	return dst
}
