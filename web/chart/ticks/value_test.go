package ticks

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorded calls check with each row of a table of testdata.
func recorded[row any](t *testing.T, name string, check func(row)) {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	rows := 0
	for lines.Scan() {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		check(r)
		rows++
	}
	if rows == 0 || lines.Err() != nil {
		t.Fatalf("%d rows, error %v", rows, lines.Err())
	}
}

type valueRow struct {
	Labels, Scale, Error string
	Min, Max, Offset     float64
	Height, N, Count     int
	Ticks                []struct {
		V     float64
		Label string
		Major bool
		Y     int
	}
}

var scaleNames = map[string]Scale{"linear": Linear, "log": Log, "log-linear": LogLinear, "pow2": Power2, "sqrt": Sqrt}

var labelNames = map[string]Labels{"decimal": LabelsDecimal, "binary": LabelsBinary, "duration": LabelsDuration}

// sameValue allows the last bit of a number to differ. Of all in the table one does: Java's power of ten, the
// bound of a colour on a log scale, is rounded the wrong way.
func sameValue(a, b float64) bool { return a == b || math.Nextafter(a, b) == b }

// TestValueTicks compares with what Atlas's library has printed: values, labels, rows.
func TestValueTicks(t *testing.T) {
	recorded(t, "value.jsonl", func(r valueRow) {
		name := fmt.Sprintf("%s %s %v … %v, height %d, %d colours", r.Labels, r.Scale, r.Min, r.Max, r.Height, r.Count)
		scale := scaleNames[r.Scale]
		var got []Tick
		var err error
		if r.Labels == "color" {
			got = Colors(r.Min, r.Max, r.Count, scale)
		} else {
			got, err = Value(r.Min, r.Max, r.N, scale, labelNames[r.Labels])
		}
		if (err != nil) != (r.Error != "") {
			t.Errorf("%s: error %v, want %q", name, err, r.Error)
			return
		}
		var want []Tick
		for _, tick := range r.Ticks {
			want = append(want, Tick{tick.V, tick.Label, tick.Major, r.Offset})
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(sameValue)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
			return
		}
		if r.Labels == "color" {
			return
		}
		pixels := scale.Pixels(r.Min, r.Max, 0, r.Height)
		for i, tick := range got {
			if y := r.Height - pixels(tick.Value); y != r.Ticks[i].Y {
				t.Errorf("%s: %v at row %d, want %d", name, tick.Value, y, r.Ticks[i].Y)
			}
		}
	})
}

func TestValueTicksRefuse(t *testing.T) {
	for _, bounds := range [][2]float64{{math.NaN(), 1}, {math.Inf(-1), 1}, {0, math.Inf(1)}, {0, math.NaN()}} {
		if _, err := Value(bounds[0], bounds[1], 5, Linear, LabelsDecimal); err == nil {
			t.Errorf("an axis from %v to %v has ticks", bounds[0], bounds[1])
		}
	}
}

// TestLog10 checks numbers whose logarithm is known.
func TestLog10(t *testing.T) {
	for n := -300; n <= 300; n++ {
		if got := log10(power10(n)); got != float64(n) {
			t.Errorf("log10(1e%d) = %v", n, got)
		}
		if got := exp10(float64(n)); math.Abs(got/power10(n)-1) > 1e-15 {
			t.Errorf("exp10(%d) = %v", n, got)
		}
	}
}
