package expr

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// buckets are the bounds of the buckets of a distribution: bucket i ends at buckets[i] and begins where
// the one before ends. powers has the index of each power of four.
//
// Between two powers of four, base and 4·base, the bounds are base/3 apart. Source: the percentile
// buckets of the Spectator client libraries, which every publisher shares
// (class PercentileBuckets of Netflix Spectator).
var buckets, powers = makeBuckets()

func makeBuckets() (bounds []int64, powers []int) {
	bounds = []int64{1, 2, 3}
	powers = []int{0}
	for exponent := 2; exponent <= 60; exponent += 2 {
		powers = append(powers, len(bounds))
		base := int64(1) << exponent
		step := base / 3
		for bound := base; bound < 4*base-step; bound += step {
			bounds = append(bounds, bound)
		}
	}
	powers = append(powers, len(bounds))
	return append(bounds, math.MaxInt64), powers
}

// BucketCount is the number of buckets.
func BucketCount() int { return len(buckets) }

// BucketBound returns the upper bound of bucket i, from 0 to BucketCount()-1. The lower bound is the one
// of the bucket before, and 0 for the first.
func BucketBound(i int) float64 { return float64(buckets[i]) }

// BucketIndex returns the bucket that publishers count v in. Just under a power of four that is one more
// than the bounds say, because base/3 is cut to a whole number: 15 is in bucket 15.
func BucketIndex(v int64) int {
	switch {
	case v <= 0:
		return 0
	case v <= 4:
		return int(v)
	}
	exponent := (63 - bits.LeadingZeros64(uint64(v))) &^ 1
	base := int64(1) << exponent
	at := powers[exponent/2] + int((v-base)/(base/3))
	if at >= len(buckets)-1 {
		return len(buckets) - 1
	}
	return at + 1
}

// bucketLabel returns the value of the tag percentile for the bucket of v: D or T and four digits.
func bucketLabel(prefix string, v float64) string {
	return fmt.Sprintf("%s%04X", prefix, BucketIndex(truncate(v)))
}

// bucketRange matches the buckets from that of low to that of high. Text order is number order here.
func bucketRange(prefix string, low, high float64) tag.Predicate {
	return AndQuery(
		tag.Compare{Key: bucketKey, Order: tag.GreaterOrEqual, Value: bucketLabel(prefix, low)},
		tag.Compare{Key: bucketKey, Order: tag.LessOrEqual, Value: bucketLabel(prefix, high)},
	)
}

// truncate converts as Java does: towards zero, beyond the range to its end, NaN to 0.
func truncate(v float64) int64 {
	switch {
	case v != v:
		return 0
	case v >= math.MaxInt64:
		return math.MaxInt64
	case v <= math.MinInt64:
		return math.MinInt64
	}
	return int64(v)
}
