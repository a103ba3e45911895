package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// Stats summarise the values of a line, missing ones left out. Without any value Count is 0 and the
// others are NaN. Opposite infinities make Total and Avg NaN.
type Stats struct {
	Count                      int
	Avg, Total, Max, Min, Last float64
}

// Summarise returns the statistics of values.
func Summarise(values []float64) Stats {
	nan := math.NaN()
	s := Stats{Avg: nan, Total: nan, Max: nan, Min: nan, Last: nan}
	for _, v := range values {
		if isNaN(v) {
			continue
		}
		if s.Count == 0 {
			s.Total, s.Max, s.Min = 0, v, v
		}
		s.Count++
		s.Total += v
		s.Max = max(s.Max, v)
		s.Min = min(s.Min, v)
		s.Last = v
	}
	if s.Count > 0 {
		s.Avg = s.Total / float64(s.Count)
	}
	return s
}

// Get returns the statistic that the language calls name, and whether there is one.
func (s Stats) Get(name string) (value float64, ok bool) {
	switch name {
	case "avg":
		return s.Avg, true
	case "total":
		return s.Total, true
	case "max":
		return s.Max, true
	case "min":
		return s.Min, true
	case "last":
		return s.Last, true
	case "count":
		return float64(s.Count), true
	}
	return math.NaN(), false
}

// stat replaces each line by a flat one that holds a statistic of it.
func (r *run) stat(e *expr.Stat, n *node) (lineSet, error) {
	if err := checkStat(e.Name); err != nil {
		return lineSet{}, err
	}
	out, in := r.own(n)
	err := r.eachLine(len(in), func(i int) {
		value, _ := Summarise(in[i].values).Get(e.Name)
		l := &out.lines[i]
		for at := range l.values {
			l.values[at] = value
		}
		l.label, l.gauge = in[i].label.within("stat-"+e.Name), true
	})
	return out, err
}

func checkStat(name string) error {
	if _, ok := (Stats{}).Get(name); !ok {
		return stack.Invalid("unknown statistic: %s", name)
	}
	return nil
}
