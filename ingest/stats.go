package ingest

import "sync/atomic"

// Stats counts what went through a Pipeline since it was made.
type Stats struct {
	Received uint64 // samples that decoders handed over
	Stored   uint64 // of them: durable in the store
	// Refused counts the samples that were refused, by Rule. Samples that were stored nowhere because
	// they came late are not here: the store counts them.
	Refused [ruleCount]uint64
	Failed  uint64 // samples of requests that the store could not take as a whole
	// Ages counts the samples that passed the checks, by AgeBucket.
	Ages [ageBuckets]uint64
	// AfterClose counts those of them whose step the rules had evaluated already, at its end plus
	// Config.EvalDelay: graphs show them, past decisions stay.
	AfterClose uint64
	Remembered int // series in the Memo
}

// An AgeBucket is a range of ages, as a fraction of the step: for a step of 60 s up to 7.5, 15, 30 and
// 60 s, and two open ends.
type AgeBucket uint8

// The buckets; AgeEighth holds ages from zero up.
const (
	AgeFuture AgeBucket = iota
	AgeEighth
	AgeQuarter
	AgeHalf
	AgeStep
	AgeOld

	ageBuckets int = iota
)

func ageBucket(ageMs, stepMs int64) AgeBucket {
	switch {
	case ageMs < 0:
		return AgeFuture
	case ageMs <= stepMs/8:
		return AgeEighth
	case ageMs <= stepMs/4:
		return AgeQuarter
	case ageMs <= stepMs/2:
		return AgeHalf
	case ageMs <= stepMs:
		return AgeStep
	default:
		return AgeOld
	}
}

// A tally counts during one request, so that the shared counters are touched once a request.
type tally struct {
	refused [ruleCount]uint64
	ages    [ageBuckets]uint64
	// afterClose is as in Stats.
	afterClose uint64
}

type counters struct {
	received, stored, unavailable, afterClose atomic.Uint64

	refused [ruleCount]atomic.Uint64
	ages    [ageBuckets]atomic.Uint64
}

func (c *counters) add(r *Report, t *tally) {
	c.received.Add(uint64(r.Samples))
	c.stored.Add(uint64(r.Stored()))
	c.afterClose.Add(t.afterClose)
	for i, n := range t.refused {
		if n > 0 {
			c.refused[i].Add(n)
		}
	}
	for i, n := range t.ages {
		if n > 0 {
			c.ages[i].Add(n)
		}
	}
}

func (c *counters) failed(samples int) {
	c.received.Add(uint64(samples))
	c.unavailable.Add(uint64(samples))
}

// Stats returns the counts so far. They are read one by one: a request that ends meanwhile may be in
// some of them only.
func (p *Pipeline) Stats() Stats {
	s := Stats{
		Received:   p.counts.received.Load(),
		Stored:     p.counts.stored.Load(),
		Failed:     p.counts.unavailable.Load(),
		AfterClose: p.counts.afterClose.Load(),
		Remembered: p.memo.Len(),
	}
	for i := range s.Refused {
		s.Refused[i] = p.counts.refused[i].Load()
	}
	for i := range s.Ages {
		s.Ages[i] = p.counts.ages[i].Load()
	}
	return s
}
