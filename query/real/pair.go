package real

import "math"

// A pair is the number hi + lo, where hi is the float64 nearest to it: some 106 binary digits. Source: T. J. Dekker, "A
// floating-point technique for extending the available precision", 1971.
type pair struct{ hi, lo float64 }

// sum returns a + b, for |a| ≥ |b| or a = 0.
func sum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

// anySum returns a + b.
func anySum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

// product returns a · b.
func product(a, b float64) pair {
	p := a * b
	return pair{p, math.FMA(a, b, -p)}
}

// times returns p · v.
func (p pair) times(v float64) pair {
	q := product(p.hi, v)
	return sum(q.hi, q.lo+p.lo*v)
}

// mul returns p · q.
func (p pair) mul(q pair) pair {
	r := product(p.hi, q.hi)
	return sum(r.hi, r.lo+(p.hi*q.lo+p.lo*q.hi))
}

// add returns p + q.
func (p pair) add(q pair) pair {
	s := anySum(p.hi, q.hi)
	return sum(s.hi, s.lo+(p.lo+q.lo))
}

// over returns p / q.
func (p pair) over(q pair) pair {
	first := p.hi / q.hi
	rest := math.FMA(-first, q.hi, p.hi) + p.lo - first*q.lo
	return sum(first, rest/q.hi)
}
