package tsdbtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRandomIsRepeatable(t *testing.T) {
	describe := func(seed uint64) (series, points int, text string) {
		for tags, list := range Random(seed, 60*minute, minute, 200, 100).All() {
			series++
			points += len(list)
			values := make([]float64, len(list))
			for i := range list {
				values[i] = list[i].Value
			}
			text += string(appendSeries(nil, tags, values)) + "\n"
		}
		return series, points, text
	}
	series, points, text := describe(1)
	if series < 195 || points < 15_000 || points > 20_000 {
		t.Errorf("%d series with %d points, want about 200 with 17,000", series, points)
	}
	if _, _, again := describe(1); again != text {
		t.Errorf("the same seed gives others (-first +second):\n%s", cmp.Diff(text, again))
	}
	if _, _, other := describe(2); other == text {
		t.Error("another seed gives the same")
	}
}
