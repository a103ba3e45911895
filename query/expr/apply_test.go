package expr

import (
	"math"
	"testing"
)

// TestBinaryApply checks what each operator makes of two values, missing values above all.
func TestBinaryApply(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		op         BinaryOp
		a, b, want float64
	}{
		{Add, 1, 2, 3}, {Add, nan, 2, 2}, {Add, 1, nan, 1}, {Add, nan, nan, nan},
		{Sub, 1, 2, -1}, {Sub, nan, 2, -2}, {Sub, 1, nan, 1}, {Sub, nan, nan, nan},
		{Mul, 2, 3, 6}, {Mul, nan, 3, nan}, {FloatMul, 2, nan, nan},
		{Div, 6, 3, 2}, {Div, 0, 0, 0}, {Div, 1, 0, nan}, {Div, 1, math.Copysign(0, -1), nan}, {Div, nan, 0, nan}, {Div, 1, nan, nan},
		{Pow, 2, 3, 8}, {Pow, nan, 0, 1}, {Pow, inf, 0, 1}, {Pow, 1, nan, nan}, {Pow, 1, inf, nan}, {Pow, -1, inf, nan}, {Pow, 2, inf, inf},
		{FloatAdd, nan, 2, nan}, {FloatSub, 1, nan, nan}, {FloatDiv, 1, 0, inf}, {FloatDiv, 0, 0, nan},
		{GreaterThan, 2, 1, 1}, {GreaterThan, 1, 1, 0}, {GreaterThan, nan, 1, 0}, {GreaterOrEqual, 1, 1, 1}, {GreaterOrEqual, 1, nan, 0},
		{LessThan, 1, 2, 1}, {LessThan, nan, nan, 0}, {LessOrEqual, 1, 1, 1}, {LessOrEqual, 2, 1, 0},
		{And, -1, 2, 1}, {And, nan, 1, 0}, {And, 1e-13, 1, 0}, {Or, nan, 1, 1}, {Or, 0, nan, 0}, {Or, 1e-12, 0, 1},
	} {
		if got := test.op.Apply(test.a, test.b); got != test.want && !(got != got && test.want != test.want) {
			t.Errorf("%s of %v and %v: got %v, want %v", binaryNames[test.op].typeName, test.a, test.b, got, test.want)
		}
	}
}

func TestUnaryApply(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		u       Unary
		v, want float64
	}{
		{Unary{Op: Abs}, -2, 2}, {Unary{Op: Neg}, 2, -2}, {Unary{Op: Sqrt}, 4, 2}, {Unary{Op: Sqrt}, -1, nan}, {Unary{Op: Sin}, 0, 0},
		{Unary{Op: ClampMin, Bound: 3}, 2, 3}, {Unary{Op: ClampMin, Bound: 3}, 4, 4}, {Unary{Op: ClampMin, Bound: 3}, nan, nan},
		{Unary{Op: ClampMax, Bound: 3}, 4, 3}, {Unary{Op: ClampMax, Bound: 3}, 2, 2}, {Unary{Op: ClampMax, Bound: 3}, nan, nan},
	} {
		if got := test.u.Apply(test.v); got != test.want && !(got != got && test.want != test.want) {
			t.Errorf("%s %v of %v: got %v, want %v", unaryNames[test.u.Op].typeName, test.u.Bound, test.v, got, test.want)
		}
	}
}

func TestSubstitute(t *testing.T) {
	lookup := func(name string) string {
		if name == "app" {
			return "www"
		}
		return "<" + name + ">"
	}
	for text, want := range map[string]string{
		"": "", "plain": "plain", "$app": "www", "$(app)x": "wwwx", "a $app b": "a www b", "$app-x": "<app-x>", "$(a b)": "<a b>",
		"$": "$", "5$": "5$", "$$app": "$www", "$()x": "$x", "$:app": "$:app", "$(app": "$app", "$.": "<.>", "é$app é": "éwww é",
	} {
		if got := Substitute(text, lookup); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
