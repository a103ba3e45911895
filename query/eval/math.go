package eval

import (
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// constant is one flat line.
func constant(e *expr.Constant, rng Range) lineSet {
	values := make([]float64, rng.Len())
	for i := range values {
		values[i] = e.Value
	}
	return lineSet{lines: []line{named(expr.NumberText(e.Value), values)}}
}

// named is a line that does not come from data.
func named(name string, values []float64) line {
	return line{tags: tag.Tags{{Key: tag.Name, Value: name}}, label: label{text: name}, values: values, gauge: true}
}

// unary applies a function to every value. NaN stays NaN.
func (r *run) unary(e *expr.Unary, n *node) (lineSet, error) {
	out, in := r.own(n)
	f := e.Apply
	if e.Op == expr.PerStep {
		seconds := float64(r.rng.Step) / 1000
		f = func(v float64) float64 { return v * seconds }
	}
	err := r.eachLine(len(in), func(i int) {
		dst := out.lines[i].values
		for at, v := range in[i].values {
			dst[at] = f(v)
		}
		out.lines[i].label = label{}
	})
	return out, err
}
