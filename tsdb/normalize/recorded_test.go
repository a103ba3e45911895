package normalize

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// recordedCase is one line of testdata/recorded.jsonl behind the first, which tells its provenance.
type recordedCase struct {
	Case    string
	DSType  string
	ID      string
	Start   int64
	Values  []number
	Samples [][2]number
}

// number is a JSON number, or one of the strings "NaN", "Infinity", "-Infinity".
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		b = b[1 : len(b)-1]
	}
	v, err := strconv.ParseFloat(string(b), 64)
	*n = number(v)
	return err
}

// TestRecorded replays what was published to Atlas and compares with what came back.
func TestRecorded(t *testing.T) {
	const step = 60_000
	f, err := os.Open("testdata/recorded.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	lines.Scan() // provenance
	cases := 0
	for lines.Scan() {
		var c recordedCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		samples := make([]Sample, len(c.Samples))
		for i, x := range c.Samples {
			samples[i] = Sample{int64(x[0]), float64(x[1])}
		}
		slots := replay(KindOf(c.DSType), step, samples)
		for i, want := range c.Values {
			at := c.Start + int64(i)*step
			got, ok := slots[at]
			if !ok {
				got = math.NaN()
			}
			if !same(got, float64(want)) {
				t.Errorf("%s %s %s: slot %d (%d) = %v, want %v", c.Case, c.DSType, c.ID, i, at, got, want)
			}
		}
		cases++
	}
	if cases < 15 {
		t.Errorf("%d cases, want at least 15", cases)
	}
}

// replay stores samples as a store without log would.
func replay(kind Kind, step int64, samples []Sample) map[int64]float64 {
	slots := map[int64]float64{}
	var s State
	for _, x := range samples {
		var writes []Write
		var outcome Outcome
		switch kind {
		case Gauge, Sum:
			at := SlotOf(x.Time, step)
			old, ok := slots[at]
			if !ok {
				old = math.NaN()
			}
			writes = append(writes, Write{at, Fold(kind, old, x.Value)})
		case Counter:
			s, writes, outcome = NextCounter(s, step, x, nil)
		default:
			s, writes, outcome = NextRate(s, step, x, nil)
		}
		if _, filled := slots[x.Time]; outcome == LateOnGrid && !filled {
			writes = append(writes, Write(x))
		}
		for _, w := range writes {
			slots[w.Time] = w.Value
		}
	}
	return slots
}

// same is equality where NaN equals NaN.
func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
