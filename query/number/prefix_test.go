package number

import (
	"math"
	"testing"
)

func TestText(t *testing.T) {
	for _, c := range []struct {
		v               float64
		decimal, binary string
	}{
		{0, "0.0", "0.0"}, {42, "42.0", "42.0"}, {999.96, "1000.0", "1000.0"}, {1000, "1.0k", "1000.0"},
		{1024, "1.0k", "1.0Ki"}, {12345, "12.3k", "12.1Ki"}, {-5e6, "-5.0M", "-4.8Mi"}, {2e24, "2.0Y", "1.7Yi"},
		{0.25, "250.0m", "250.0m"}, {1.25, "1.3", "1.3"}, {0.0000015, "1.5μ", "1.5μ"}, {1e-13, "0.0", "0.0"}, {-0.5, "-500.0m", "-500.0m"},
		{1e27, " 1e+27", " 1e+27"}, {-1e27, "-1e+27", "-1e+27"}, {math.NaN(), "NaN", "NaN"}, {math.Inf(1), "Infinity", "Infinity"}, {math.Inf(-1), "-Infinity", "-Infinity"},
	} {
		if got := DecimalText(c.v); got != c.decimal {
			t.Errorf("%v: %q, want %q", c.v, got, c.decimal)
		}
		if got := BinaryText(c.v); got != c.binary {
			t.Errorf("%v binary: %q, want %q", c.v, got, c.binary)
		}
	}
}
