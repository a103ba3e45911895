package eval

import (
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// percentiles estimates percentiles from counts per bucket.
func (r *run) percentiles(e *expr.Percentiles, n *node) (lineSet, error) {
	groups, labels := bucketGroups(e, r.input(n, 0))
	var set lineSet
	left := leftOut{key: bucketKey, names: "bucket"}
	for i, group := range groups {
		d := newDistribution(group, &left)
		if d.isEmpty() {
			continue
		}
		lines, err := r.percentileLines(e.Values, &d, labels[i], r.rng.Len())
		if err != nil {
			return lineSet{}, err
		}
		set.lines = append(set.lines, lines...)
	}
	set.notice, set.warns = left.notice(), true
	return set, nil
}

// bucketGroups splits the buckets into distributions, in the order of their first bucket, and names them.
func bucketGroups(e *expr.Percentiles, in []line) (groups [][]line, labels []string) {
	if len(in) == 0 {
		return nil, nil
	}
	if len(e.Keys) == 0 {
		return [][]line{in}, []string{expr.QueryLabel(e.Buckets.Query)}
	}
	known := map[string]int{}
	for _, l := range in {
		label := keyString(l.tags, e.Keys)
		i, ok := known[label]
		if !ok {
			i = len(groups)
			known[label] = i
			groups, labels = append(groups, nil), append(labels, label)
		}
		groups[i] = append(groups[i], l)
	}
	return groups, labels
}

// percentileLines returns one line per percentile of a distribution.
func (p pace) percentileLines(percentiles []float64, d *distribution, name string, points int) ([]line, error) {
	counts, unit := d.counts, d.unit()
	lines := make([]line, len(percentiles))
	for i, percent := range percentiles {
		text := expr.PercentileTag(percent)
		lines[i] = line{
			tags:   merged(d.tags, tag.Tags{{Key: bucketKey, Value: text}}),
			label:  label{text: "percentile(" + name + ", " + text + ")"},
			values: make([]float64, points),
			gauge:  true,
		}
	}
	at := make([]float64, len(counts))
	out := make([]float64, len(percentiles))
	err := p.eachLine(points, func(point int) {
		gatherCounts(at, counts, point)
		estimate(out, percentiles, at)
		for i := range lines {
			lines[i].values[point] = out[i] * unit
		}
	})
	return lines, err
}

// gatherCounts fills dst with the counts at one time; what is missing or not finite counts as 0.
func gatherCounts(dst []float64, counts [][]float64, point int) {
	for i, c := range counts {
		dst[i] = 0
		if c != nil && !isNaN(c[point]) && !math.IsInf(c[point], 0) {
			dst[i] = c[point]
		}
	}
}

// estimate fills dst with the values below which the percentiles of the counts lie, interpolated inside
// a bucket; NaN if all counts are 0. Percentiles ascend.
func estimate(dst, percentiles, counts []float64) {
	total, last := 0.0, 0
	for i, c := range counts {
		if c > 0 {
			total += c
			last = i
		}
	}
	pending := 0
	below, belowPercent, belowBound := 0.0, 0.0, 0.0
	for i := 0; i <= last && i < len(counts); i++ {
		upTo := below + counts[i]
		percent, bound := 100*upTo/total, expr.BucketBound(i)
		for pending < len(percentiles) && percentiles[pending] <= percent {
			share := (percentiles[pending] - belowPercent) / (percent - belowPercent)
			dst[pending] = 0
			if !isNaN(share) {
				dst[pending] = belowBound + share*(bound-belowBound)
			}
			pending++
		}
		below, belowPercent, belowBound = upTo, percent, bound
	}
	for ; pending < len(percentiles); pending++ {
		share := (percentiles[pending] - belowPercent) / (100 - belowPercent)
		dst[pending] = share*(expr.BucketBound(last)-belowBound) + belowBound
	}
}
