package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A crashLoad is one client: it owns its series and sends one batch at a time, so that after a crash at most
// one batch is in doubt, and all others are known to be stored, in a known order.
//
// What became of the batch in doubt is settled before anything else is sent, by sending it again. That must not
// change what is stored already: a gauge takes the maximum, a rate or counter sample that is not newer
// than the last changes nothing. (The first sample of a counter would; it goes out before the first crash.)
// A sum is the exception: whoever adds must look first, and the slot says which it was.
type crashLoad struct {
	number   int
	rng      *rand.Rand
	at       int64 // newest step that was published
	born     int   // series that began on the way
	counters []float64

	stored slots      // exact values of the gauges, sums and rates on the grid
	doubt  []sample   // the batch whose answer has not come
	acked  [][]sample // batches that the oracle has not seen yet
}

func newCrashLoad(number int, seed uint64, start int64) *crashLoad {
	return &crashLoad{
		number:   number,
		rng:      rand.New(rand.NewPCG(seed, uint64(number))),
		at:       start,
		counters: make([]float64, *crashSeries),
		stored:   slots{},
	}
}

// query selects the series of the client.
func (l *crashLoad) query() string {
	return "nf.app,crash,:eq,nf.node,n" + strconv.Itoa(l.number) + ",:eq,:and"
}

func (l *crashLoad) sample(dstype, name, id string, at int64, value float64) sample {
	return sample{map[string]string{
		"name": name, "id": id, "atlas.dstype": dstype, "nf.app": "crash", "nf.node": "n" + strconv.Itoa(l.number),
	}, at, number(value)}
}

// next makes the batch for one or two steps later. No series is in it twice.
func (l *crashLoad) next() []sample {
	l.at += (1 + l.rng.Int64N(2)) * *crashStep
	var batch []sample
	for i := range *crashSeries {
		id := "s" + strconv.Itoa(i)
		batch = append(batch,
			l.sample("gauge", "crash.gauge", id, l.late(l.between()), l.rng.NormFloat64()),
			l.sample("sum", "crash.sum", id, l.late(l.between()), float64(1+l.rng.IntN(1000))),
			l.sample("rate", "crash.rate", id, l.late(l.at), l.rng.Float64()),
			l.sample("counter", "crash.counter", id, l.late(l.between()), l.count(i)))
		if l.rng.IntN(5) > 0 { // else a gap
			batch = append(batch, l.sample("rate", "crash.offgrid", id, l.late(l.between()), l.rng.ExpFloat64()))
		}
	}
	if l.rng.IntN(40) == 0 {
		l.born++
		batch = append(batch, l.sample("rate", "crash.newcomer", "s"+strconv.Itoa(l.born), l.at, math.Copysign(0, -1)))
	}
	return batch
}

// between returns a time in the step that ends at the present, once in a while its end.
func (l *crashLoad) between() int64 {
	if l.rng.IntN(10) == 0 {
		return l.at
	}
	return l.at - l.rng.Int64N(*crashStep)
}

// late returns at, or once in a while a time up to three windows before, on the grid if at is.
func (l *crashLoad) late(at int64) int64 {
	if l.rng.IntN(12) > 0 {
		return at
	}
	return at - l.rng.Int64N(180)**crashStep
}

// count returns the next reading of a counter, which is reset once in a while.
func (l *crashLoad) count(i int) float64 {
	if l.rng.IntN(30) == 0 {
		l.counters[i] = 0
	}
	l.counters[i] += l.rng.ExpFloat64() * 100
	return l.counters[i]
}

// send publishes a batch. After an error it is in doubt.
func (l *crashLoad) send(ctx context.Context, server client, batch []sample) error {
	l.doubt = batch
	if err := server.publish(ctx, batch); err != nil {
		return err
	}
	l.acknowledge()
	return nil
}

// settle decides what became of the batch in doubt, and stores what is missing of it.
func (l *crashLoad) settle(ctx context.Context, server client) error {
	if l.doubt == nil {
		return nil
	}
	found, err := server.crashSlots(l.query()+",name,crash.sum,:eq,:and", l.doubt)
	if err != nil {
		return err
	}
	var missing []sample
	for _, s := range l.doubt {
		if s.Tags["name"] != "crash.sum" {
			missing = append(missing, s)
			continue
		}
		tags, slot := tag.FromMap(s.Tags), slotOf(s.Time)
		before := l.stored.series(tags)[slot]
		switch now := found.series(tags)[slot]; now {
		case before: // an empty slot counts as 0
			missing = append(missing, s)
		case before + float64(s.Value):
		default:
			return fmt.Errorf("%s at %d is %v, want %v or %v more", tags, slot, now, before, s.Value)
		}
	}
	if err := server.publish(ctx, missing); err != nil {
		return err
	}
	l.acknowledge()
	return nil
}

// acknowledge notes that the batch in doubt is stored.
func (l *crashLoad) acknowledge() {
	for _, s := range l.doubt {
		l.store(s)
	}
	l.acked = append(l.acked, l.doubt)
	l.doubt = nil
}

// store does to the exact values what a sample does to the server's.
func (l *crashLoad) store(s sample) {
	name := s.Tags["name"]
	if name == "crash.offgrid" || name == "crash.counter" {
		return // the oracle knows them
	}
	series, slot, v := l.stored.series(tag.FromMap(s.Tags)), slotOf(s.Time), float64(s.Value)
	old, filled := series[slot]
	switch {
	case !filled:
		series[slot] = v
	case name == "crash.gauge":
		series[slot] = max(old, v)
	case name == "crash.sum":
		series[slot] = old + v
	}
	// A rate on the grid keeps the first value of a slot.
}

// slotOf returns the end of the interval that contains at.
func slotOf(at int64) int64 { return (at + *crashStep - 1) / *crashStep * *crashStep }

// crashSlots reads the slots of the series that match a query, over the time that a batch covers.
func (c client) crashSlots(query string, batch []sample) (slots, error) {
	first, last := batch[0].Time, batch[0].Time
	for _, s := range batch {
		first, last = min(first, s.Time), max(last, s.Time)
	}
	return c.slots(query, slotOf(first)-*crashStep, slotOf(last), *crashStep)
}
