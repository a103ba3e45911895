package api

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// TestNumberMemo writes numbers that come again, and more different ones than there are places: always as without it.
func TestNumberMemo(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, 42, 1.0 / 3, 1e7, 1e-4, math.MaxFloat64, -math.MaxFloat64,
		math.SmallestNonzeroFloat64, -1.2345678901234567e-300}
	for range 10_000 {
		numbers = append(numbers, random.NormFloat64()*1e6, float64(random.IntN(3000))/60)
	}
	memo := new(numberMemo)
	for range 2 {
		for _, v := range numbers {
			if got, want := string(memo.append(nil, v)), string(expr.AppendNumber(nil, v)); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
	}
}
