// Package real has the functions of real numbers that are written in expressions, :pow and :sin, to within 0.51 units in the
// last place (ulp). A result that is a float64 exactly is exact: all integer
// powers of two, those of ten up to 22, and of the others the one that a reader of 1e23 makes of it.
//
// Read first: Power, Sine; then pair, a number with twice the digits, in which both do what would lose some.
//
//	Power  x = 2^(n/32) · m      log x = n·ln 2/32 + 2·artanh((m-1)/(m+1))     a pair
//	       y·log x = n·ln 2/32 + r                x^y = 2^(n/32) · e^r         |r| < 0.011
//	Sine   x·2/π = 4k + n + f    |f| ≤ 1/2, from as many digits of 2/π as x needs (Payne and Hanek, 1983)
//	       sin x = ± sin or cos of f·π/2
//
// Measured over the values in testdata, of which math.Pow misses half and math.Sin a tenth by more than an ulp, go1.26 on amd64:
//
//	            here    library
//	:pow        0.501   1e3 (x^y near the ends of the range; 1e22 for x below the least normal number)
//	:sin        0.51    1e5 (near multiples of π)
//	logarithm   -       0.82 over a million numbers, but 1e14 below the least normal number, where math.Log for amd64 is wrong
//	time        73 ns and 19 ns    36 ns and 6.5 ns
//
// A power below the least normal number is rounded twice, to within 0.76 ulp. math.Sqrt is exact, and the only logarithm that is
// needed, of numbers from 1 to 64, is math.Log's. Cosine, tangent and the others are macros of Atlas's language, made of :sin
// and π/2; they have the errors of that subtraction, as in Atlas, whose recorded answers depend on it.
package real
