package tsdbtest

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Random returns a store of series as a fleet reports them, the same for the same seed: of ten, three
// are noisy gauges, three rates with a daily wave, two constants, one is sparse and one comes and goes
// with its node. Of each metric there is one series per node. The first of points values is at startMillis.
func Random(seed uint64, startMillis, stepMillis int64, series, points int) *Store {
	random := rand.New(rand.NewPCG(seed, 0))
	store := NewStore(stepMillis)
	const nodes = 20
	for i := range series {
		kind := kinds[i/nodes%len(kinds)]
		tags := tag.New(
			tag.Name, fmt.Sprintf("%s.%d", kind.name, i/nodes), tag.DataSourceType, kind.dsType,
			"app", fmt.Sprintf("app%d", i%nodes/5), "node", fmt.Sprintf("i-%04x", i%nodes), "zone", string(rune('a'+i%3)),
		)
		next := kind.signal(random)
		for at := range points {
			millis := startMillis + int64(at)*stepMillis
			if v, ok := next(millis); ok {
				store.Set(tags, millis, v)
			}
		}
	}
	return store
}

// A signal returns the value of a series at a time, and whether there is one. It is called in order of time.
type signal func(millis int64) (value float64, ok bool)

var kinds = [...]struct {
	name, dsType string
	signal       func(random *rand.Rand) signal
}{
	{"gauge", "gauge", noise}, {"rate", "rate", wave}, {"gauge", "gauge", noise}, {"rate", "rate", wave},
	{"constant", "gauge", constant}, {"gauge", "gauge", noise}, {"sparse", "rate", sparse}, {"rate", "rate", wave},
	{"constant", "gauge", constant}, {"visitor", "gauge", visitor},
}

// noise is a random walk with two decimals.
func noise(random *rand.Rand) signal {
	v := 100 * random.Float64()
	return func(int64) (float64, bool) {
		v += random.NormFloat64()
		return math.Round(100*v) / 100, true
	}
}

// wave is a number of events per second, counted over a minute, that follows the hour of the day.
func wave(random *rand.Rand) signal {
	scale, phase := 1000*random.Float64(), random.Float64()
	return func(millis int64) (float64, bool) {
		day := float64(millis)/86_400_000 + phase
		events := scale * (1.2 + math.Sin(2*math.Pi*day) + 0.1*random.NormFloat64())
		return math.Round(max(events, 0)) / 60, true
	}
}

func constant(random *rand.Rand) signal {
	v := float64(random.IntN(1 << 30))
	return func(int64) (float64, bool) { return v, true }
}

// sparse has a value one time in seven.
func sparse(random *rand.Rand) signal {
	return func(int64) (float64, bool) {
		return float64(1+random.IntN(3)) / 60, random.IntN(7) == 0
	}
}

// visitor is there for about an hour of steps and then away for as long.
func visitor(random *rand.Rand) signal {
	there := false
	inner := noise(random)
	return func(millis int64) (float64, bool) {
		if random.IntN(60) == 0 {
			there = !there
		}
		v, _ := inner(millis)
		return v, there
	}
}
