package eval

import (
	"fmt"
	"strconv"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// bucketKey is the key whose value names a bucket: T or D for timer or distribution, four hex digits.
const bucketKey = "percentile"

// A distribution has the counts of the buckets of one timer or distribution summary.
type distribution struct {
	kind   byte        // T or D
	tags   tag.Tags    // of its first bucket
	counts [][]float64 // by bucket, nil for one without a series; it ends with the last that has one
}

// newDistribution sorts lines into buckets. One series whose tag is misspelt must not take the percentiles of a whole
// fleet with it: what names no bucket is left out, and so is what is of the other kind than most, and of two spellings of
// one bucket, as D000A and D000a, the second in the order of labels.
func newDistribution(lines []line, left *leftOut) distribution {
	d := distribution{kind: commonKind(lines), counts: make([][]float64, expr.BucketCount())}
	last := -1
	for _, l := range lines {
		code, _ := l.tags.Get(bucketKey)
		kind, i, ok := parseBucket(code)
		if !ok || kind != d.kind || d.counts[i] != nil {
			left.add(code)
			continue
		}
		if last < 0 {
			d.tags = l.tags
		}
		d.counts[i] = l.values
		last = max(last, i)
	}
	d.counts = d.counts[:last+1]
	return d
}

func (d *distribution) isEmpty() bool { return len(d.counts) == 0 }

// unit returns what the bounds of buckets are multiplied by: timers count nanoseconds and are shown in seconds.
func (d *distribution) unit() float64 {
	if d.kind == 'T' {
		return 1e-9
	}
	return 1
}

// commonKind returns the kind of most lines that name a bucket; of as many of both, that of timers.
func commonKind(lines []line) byte {
	timers, others := 0, 0
	for _, l := range lines {
		code, _ := l.tags.Get(bucketKey)
		switch kind, _, ok := parseBucket(code); {
		case ok && kind == 'T':
			timers++
		case ok:
			others++
		}
	}
	if others > timers {
		return 'D'
	}
	return 'T'
}

// parseBucket reads T00A3: the kind and the number of the bucket.
func parseBucket(code string) (kind byte, i int, ok bool) {
	if len(code) < 2 || code[0] != 'T' && code[0] != 'D' {
		return 0, 0, false
	}
	n, err := strconv.ParseUint(code[1:], 16, 31)
	if err != nil || n >= uint64(expr.BucketCount()) {
		return 0, 0, false
	}
	return code[0], int(n), true
}

// A leftOut counts the lines whose value of a key names no bucket or register, or one that is taken, for a notice.
type leftOut struct {
	key, names string // "percentile", "bucket"
	count      int
	first      string
}

func (l *leftOut) add(value string) {
	if l.count++; l.count == 1 {
		l.first = value
	}
}

func (l *leftOut) notice() string {
	switch l.count {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("one line left out: %s=%q names no %s of its own", l.key, l.first, l.names)
	}
	return fmt.Sprintf("%d lines left out, as %s=%q, which names no %s of its own", l.count, l.key, l.first, l.names)
}
