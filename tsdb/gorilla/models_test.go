package gorilla

import (
	"math"
	"math/rand/v2"
)

// A model makes the values of one series of a fleet at a step of 60 s, as the server receives them.
type model struct {
	name   string
	share  int // of 100 series in the mix
	values func(n int, series uint64) []float64
}

// models is the fleet of one node, 100 series, in exact arithmetic: a rate is k/60.
var models = fleet("exact", func(counts []float64) float64 {
	return total(counts) / 60
}, func(seconds []float64) float64 {
	return total(seconds) / 60
}, func(v float64) float64 { return v })

// clientModels is the same fleet through the arithmetic of the Java client: a rate for each 5 s, the mean
// of those over the step; times in whole nanoseconds.
var clientModels = fleet("client", func(counts []float64) float64 {
	sum := 0.0
	for _, k := range counts {
		sum += k / 5
	}
	return sum / 12
}, func(seconds []float64) float64 {
	sum := 0.0
	for _, s := range seconds {
		sum += float64(math.Round(s*1e9)/5) * 1e-9
	}
	return sum / 12
}, func(v float64) float64 { return math.Round(v*1e9) / 1e9 })

// fleet returns the models, given how the counts and the seconds of twelve 5-s slots become a rate, and
// how a single time is rounded. What a value is drawn from does not depend on those.
func fleet(form string, rate, seconds func([]float64) float64, single func(float64) float64) []model {
	counts := func(scale float64) func(int, uint64) []float64 {
		return func(n int, series uint64) []float64 {
			s := newSource(series)
			perSecond := s.level() * scale
			return s.fill(n, func(i int) float64 { return rate(s.slots(perSecond * s.day(i))) })
		}
	}
	count := func(n int, series uint64) []float64 {
		return counts(callRates[series%10])(n, series)
	}
	timer := func(n int, series uint64, of func(s *source, k, i float64) float64) []float64 {
		s := newSource(series)
		perSecond := 0.0 // two in three time the calls that succeed, the third those that fail
		if series%3 != 0 {
			perSecond = s.level() * callRates[series%10]
		}
		return s.fill(n, func(i int) float64 {
			k := total(s.slots(perSecond * s.day(i)))
			if perSecond == 0 && s.Float64() < 0.03 {
				k = 1 + float64(s.IntN(4))
			}
			return of(s, k, float64(i))
		})
	}
	return []model{
		{form + "/count", 10, count},
		{form + "/errors", 15, func(n int, series uint64) []float64 {
			s := newSource(series)
			return s.fill(n, func(int) float64 {
				twelve := make([]float64, 12)
				if s.Float64() < 0.03 {
					for range 1 + s.IntN(2)*s.IntN(7) {
						twelve[s.IntN(12)]++
					}
				}
				return rate(twelve)
			})
		}},
		{form + "/total", 15, func(n int, series uint64) []float64 {
			return timer(n, series, func(s *source, k, i float64) float64 {
				mean := 0.008 + 0.004*s.curve(i, 30) + 0.006*s.Float64()/math.Sqrt(max(k, 1))
				return seconds(s.split(k * mean))
			})
		}},
		{form + "/max", 15, func(n int, series uint64) []float64 {
			return timer(n, series, func(s *source, k, _ float64) float64 {
				if k == 0 {
					return 0
				}
				return single(0.02 + 0.3*s.Float64()*s.Float64())
			})
		}},
		{form + "/bucket", 20, func(n int, series uint64) []float64 {
			d := (float64(series%20) - 5.5) / 2.2
			return counts(math.Exp(-d*d/2)/5.5+1e-4)(n, series)
		}},
		{form + "/constant", 10, func(n int, series uint64) []float64 {
			s := newSource(series)
			v := float64((64 + s.IntN(64)) << 22)
			return s.fill(n, func(int) float64 {
				if s.IntN(500) == 0 {
					v = float64((64 + s.IntN(64)) << 22)
				}
				return v
			})
		}},
		{form + "/integer", 6, func(n int, series uint64) []float64 {
			s := newSource(series)
			scale := 1.0
			if series%3 == 2 {
				scale = 1e-6
			}
			return s.fill(n, func(i int) float64 {
				return math.Floor(scale * (4e8*(0.2+0.6*s.curve(float64(i), 45)) + 3e7*s.Float64()))
			})
		}},
		{form + "/float", 6, func(n int, series uint64) []float64 {
			s := newSource(series)
			return s.fill(n, func(i int) float64 { return 100 * (0.15 + 0.6*s.curve(float64(i), 60) + 0.05*s.Float64()) })
		}},
		{form + "/decimal", 1, func(n int, series uint64) []float64 {
			s := newSource(series)
			return s.fill(n, func(i int) float64 {
				return math.Round(100*(0.5+6*s.curve(float64(i), 20)+0.4*s.Float64())) / 100
			})
		}},
		{form + "/network", 2, func(n int, series uint64) []float64 {
			s := newSource(series)
			perSecond := s.level() * 2200
			return s.fill(n, func(i int) float64 {
				return rate(s.split(math.Floor(60 * perSecond * s.day(i) * (0.9 + 0.2*s.Float64()))))
			})
		}},
	}
}

// callRates are the rates of the calls that a node counts and times, relative to its level.
var callRates = [10]float64{1, 0.5, 0.25, 0.08, 0.02, 0.6, 0.3, 0.2, 0.02, 0.0005}

// A source draws the values of one series; the same series draws the same in each form.
type source struct {
	*rand.Rand
	knots [64]float64
	phase float64
	base  float64
}

func newSource(series uint64) *source {
	s := &source{Rand: rand.New(rand.NewPCG(7, series))}
	for i := range s.knots {
		s.knots[i] = s.Float64()
	}
	s.phase = s.Float64() * 120
	s.base = 0.5 * math.Exp(5*s.Float64())
	return s
}

// level is the rate of requests of the series' node: 0.5 to 74 a second.
func (s *source) level() float64 { return s.base }

// day is the load at step i relative to the mean of the day.
func (s *source) day(i int) float64 {
	x := (float64(i) + s.phase) / 1440 * 2 * math.Pi
	return 1 + 0.55*math.Sin(x) + 0.15*math.Sin(2*x+1)
}

// curve is a smooth line through random knots, one each period steps, 0 to 1.
func (s *source) curve(i, period float64) float64 {
	k, x := math.Modf(i / period)
	a, b := s.knots[int(k)%64], s.knots[(int(k)+1)%64]
	return a + (b-a)*x*x*(3-2*x)
}

// slots draws the number of events in each 5 s.
func (s *source) slots(perSecond float64) []float64 {
	twelve := make([]float64, 12)
	for i := range twelve {
		for gap := s.ExpFloat64(); gap < 5*perSecond; gap += s.ExpFloat64() {
			twelve[i]++
		}
	}
	return twelve
}

// split cuts v into twelve uneven parts; of whole numbers they are whole.
func (s *source) split(v float64) []float64 {
	twelve := make([]float64, 12)
	left := v
	for i := range twelve[:11] {
		part := left / float64(12-i) * (0.5 + s.Float64())
		if v == math.Floor(v) {
			part = math.Floor(part)
		}
		twelve[i] = part
		left -= part
	}
	twelve[11] = left
	return twelve
}

func (s *source) fill(n int, next func(i int) float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = next(i)
	}
	return values
}

func total(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum
}
