package eval

import (
	"math"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/real"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// registerKey is the key whose value names a register: R and two hex digits.
const registerKey = "distinct"

// registers is the number of registers of a distinct count.
const registers = 64

// approxDistinct estimates how many distinct values registers have seen.
func (r *run) approxDistinct(e *expr.ApproxDistinct, n *node) (lineSet, error) {
	in := r.input(n, 0)
	keys := e.FinalGrouping()
	groups := map[string][]line{}
	var order []string
	for _, l := range in {
		group := ""
		if len(keys) > 0 {
			if !hasAll(l.tags, keys) {
				continue
			}
			group = keyString(l.tags, keys)
		}
		if groups[group] == nil {
			order = append(order, group)
		}
		groups[group] = append(groups[group], l)
	}
	var set lineSet
	left := leftOut{key: registerKey, names: "register"}
	for _, group := range order {
		name := group
		if name == "" {
			name = "approx-distinct(" + expr.QueryLabel(expr.DataExprs(e.Registers)[0].Query) + ")"
		}
		set.lines = append(set.lines, distinctLine(groups[group], name, &left))
	}
	set.notice, set.warns = left.notice(), true
	return set, nil
}

// distinctLine estimates from the registers in, but for those whose tag names none, or one that another names already.
func distinctLine(in []line, name string, left *leftOut) line {
	var columns [registers][]float64
	for _, l := range in {
		code, _ := l.tags.Get(registerKey)
		i, err := strconv.ParseUint(strings.TrimPrefix(code, "R"), 16, 31)
		if err != nil || i >= registers || columns[i] != nil {
			left.add(code)
			continue
		}
		columns[i] = l.values
	}
	one := line{label: label{text: name}, values: make([]float64, len(in[0].values)), gauge: true}
	for _, t := range in[0].tags {
		if t.Key != registerKey {
			one.tags = append(one.tags, tag.Tag{Key: t.Key, Value: t.Value})
		}
	}
	for point := range one.values {
		one.values[point] = estimateDistinct(&columns, point)
	}
	return one
}

// estimateDistinct is HyperLogLog with 64 registers: each holds the greatest rank of a hash that fell to
// it. While many registers are empty, counting those is better. NaN if all are.
func estimateDistinct(columns *[registers][]float64, point int) float64 {
	const m = float64(registers)
	alpha := 0.7213 / (1 + 1.079/m)
	empty, harmonic := 0, 0.0
	for _, column := range columns {
		rank := 0.0
		if column != nil {
			if v := column[point]; v > 0 && !math.IsInf(v, 0) {
				rank = v
			}
		}
		if rank == 0 {
			empty++
		}
		harmonic += real.Power(2, -rank)
	}
	if empty == registers {
		return math.NaN()
	}
	estimate := alpha * m * m / harmonic
	if estimate <= 2.5*m && empty > 0 {
		return m * math.Log(m/float64(empty))
	}
	return estimate
}
