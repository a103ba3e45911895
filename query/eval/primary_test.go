package eval

import (
	"slices"
	"testing"
)

// TestUsableSteps tries every second up to an hour as the primary step, and some others: at one that is usable, graphs of
// every width and any usual span have a step that is a multiple of it, and its own when they are asked for it.
func TestUsableSteps(t *testing.T) {
	var usable []int64
	candidates := []int64{1, 5, 10, 50, 100, 500, 3, 7, 250, 1500, 45 * minute, 2 * hour, 5 * hour, 12 * hour, day, 36 * hour, 2 * day, 0, -second}
	for seconds := int64(1); seconds <= 3600; seconds++ {
		candidates = append(candidates, seconds*second)
	}
	for _, primary := range candidates {
		steps := Steps{Primary: primary}
		if !steps.Usable() {
			below, above := steps.NearestUsable()
			if below == 0 && above == 0 || below != 0 && (below >= primary || !(Steps{Primary: below}).Usable()) ||
				above != 0 && (above <= primary || !(Steps{Primary: above}).Usable()) {
				t.Errorf("%d ms: the nearest are %d and %d", primary, below, above)
			}
			continue
		}
		usable = append(usable, primary)
		const noon = 1325408400000
		for _, span := range []int64{3 * hour, day, 7 * day} {
			for width := 200; width <= 2000; width += 50 {
				rng := steps.Graph(noon-span, noon, 0, width)
				if rng.Step%primary != 0 || rng.Len() < 2 || rng.Start%rng.Step != 0 || rng.Step > max(primary, span/20) {
					t.Errorf("%d ms: a graph of %d ms and %d pixels has a step of %d, %d values", primary, span, width, rng.Step, rng.Len())
				}
			}
			if rng := steps.Fetch(noon-span, noon, primary); rng.Step != primary {
				t.Errorf("%d ms: a graph asked for it has %d", primary, rng.Step)
			}
		}
	}
	for _, want := range []int64{second, 2 * second, 5 * second, 10 * second, 15 * second, 30 * second, minute, 5 * minute, hour} {
		if !slices.Contains(usable, want) {
			t.Errorf("%d ms is not usable", want)
		}
	}
	for _, other := range []int64{7 * second, 11 * second, 45 * second, 90 * second, 7 * minute} {
		if slices.Contains(usable, other) {
			t.Errorf("%d ms is usable", other)
		}
	}
	for primary, want := range map[int64][2]int64{
		7 * second: {6 * second, 10 * second}, 45 * second: {30 * second, minute}, 90 * second: {minute, 2 * minute},
		7 * minute: {6 * minute, 10 * minute}, 13 * hour: {12 * hour, day}, 36 * hour: {day, 2 * day},
	} {
		if below, above := (Steps{Primary: primary}).NearestUsable(); [2]int64{below, above} != want {
			t.Errorf("%d ms: the nearest are %d and %d, want %d", primary, below, above, want)
		}
	}
}
