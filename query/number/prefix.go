package number

import "math"

// A Prefix is a symbol for a factor: k for a thousand. The zero Symbol is no prefix, with the factor 1.
type Prefix struct {
	Symbol string
	Factor float64
}

var none = Prefix{"", 1}

const (
	kibi = 1 << 10
	mebi = 1 << 20
	gibi = 1 << 30
	tebi = 1 << 40
	pebi = 1 << 50
	exbi = 1 << 60

	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	week   = 7 * day
	year   = 365 * day
)

// The prefixes, big ones ascending, small ones descending.
var (
	bigDecimal = []Prefix{{"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"E", 1e18}, {"Z", 1e21}, {"Y", 1e24}}
	small      = []Prefix{{"m", 1e-3}, {"μ", 1e-6}, {"n", 1e-9}, {"p", 1e-12}, {"f", 1e-15}, {"a", 1e-18}, {"z", 1e-21}, {"y", 1e-24}}
	bigBinary  = []Prefix{
		{"Ki", kibi}, {"Mi", mebi}, {"Gi", gibi}, {"Ti", tebi}, {"Pi", pebi}, {"Ei", exbi}, {"Zi", kibi * exbi}, {"Yi", mebi * exbi},
	}
	bigTime   = []Prefix{{"s", 1}, {"m", minute}, {"h", hour}, {"d", day}, {"w", week}, {"y", year}}
	smallTime = []Prefix{{"ms", 1e-3}, {"μs", 1e-6}, {"ns", 1e-9}, {"ps", 1e-12}}
)

// Decimal returns the prefix for v by powers of 1000.
func Decimal(v float64) Prefix { return prefixOf(v, bigDecimal) }

// Binary returns the prefix for v by powers of 1024; below 1 those of Decimal.
func Binary(v float64) Prefix { return prefixOf(v, bigBinary) }

// Duration returns the unit of time for v seconds.
func Duration(v float64) Prefix {
	v = math.Abs(v)
	switch {
	case tiny(v):
		return bigTime[0]
	case v >= 1:
		return largest(v, bigTime)
	}
	return first(v, smallTime)
}

// tiny reports whether v has no size that a prefix could tell.
func tiny(v float64) bool { return v < 1e-12 || math.IsNaN(v) || math.IsInf(v, 0) }

func prefixOf(v float64, big []Prefix) Prefix {
	v = math.Abs(v)
	switch {
	case tiny(v):
		return none
	case v >= big[0].Factor:
		return largest(v, big)
	case v < 1:
		return first(v, small)
	}
	return none
}

// largest returns the last of ascending prefixes that is not above v, which the first is not.
func largest(v float64, ascending []Prefix) Prefix {
	found := ascending[0]
	for _, p := range ascending {
		if p.Factor <= v {
			found = p
		}
	}
	return found
}

// first returns the first of descending prefixes that is not above v, else the last.
func first(v float64, descending []Prefix) Prefix {
	for _, p := range descending {
		if p.Factor <= v {
			return p
		}
	}
	return descending[len(descending)-1]
}

// DecimalRange returns the prefix with which v has at most digits digits on either side of the point.
func DecimalRange(v float64, digits int) Prefix { return prefixRange(v, digits, 1000, bigDecimal) }

// BinaryRange is DecimalRange with binary prefixes.
func BinaryRange(v float64, digits int) Prefix { return prefixRange(v, digits, 1024, bigBinary) }

func prefixRange(v float64, digits int, base float64, big []Prefix) Prefix {
	f := math.Pow10(digits)
	if 1/f <= v && v < f {
		return none
	}
	candidates := small
	if v >= base/f {
		candidates = big
	} else if v >= 1/f || v != v {
		return none
	}
	for _, p := range candidates {
		if p.Factor/f <= v && v < p.Factor*f {
			return p
		}
	}
	return candidates[len(candidates)-1]
}

// DurationRange returns the unit in which v seconds are one or more, nanoseconds at least.
func DurationRange(v float64) Prefix {
	if v >= 1 {
		return largest(v, bigTime)
	}
	for _, p := range smallTime {
		if v > p.Factor {
			return p
		}
	}
	return smallTime[2]
}

// SmallerUnit returns the unit of time below p, or p where there is none.
func SmallerUnit(p Prefix) Prefix {
	ascending := append([]Prefix{smallTime[3], smallTime[2], smallTime[1], smallTime[0]}, bigTime...)
	for i := 1; i < len(ascending); i++ {
		if ascending[i] == p {
			return ascending[i-1]
		}
	}
	return p
}

// BinaryFactors returns the powers of 1024 that have a prefix, ascending.
func BinaryFactors() []float64 {
	factors := make([]float64, len(bigBinary))
	for i, p := range bigBinary {
		factors[i] = p.Factor
	}
	return factors
}

// A Format is how a number is printed together with its prefix. The zero Format prints 12k.
type Format struct {
	// Decimals are the digits behind the point, Width the least number of characters without the symbol, and
	// SymbolWidth that of the symbol.
	Decimals, Width, SymbolWidth int
	// Scientific prints 1.2e+03 instead.
	Scientific bool
	// Column is the format for numbers that have no prefix because they are too large or too small: two digits
	// and a trailing blank, in a column, instead of one.
	Column bool
}

// OneDecimal is the format of a number on its own: 12.3k.
var OneDecimal = Format{Decimals: 1}

// Text returns v divided by the prefix's factor, and the symbol.
func (p Prefix) Text(v float64, f Format) string {
	number := Fixed(v/p.Factor, f.Decimals)
	if f.Scientific {
		number = scientific(v/p.Factor, f.Decimals)
	}
	return pad(number, f.Width) + pad(p.Symbol, f.SymbolWidth)
}

// Text returns v with the prefix that suits it. Numbers beyond all prefixes are scientific, with a
// blank where a minus might be.
func (f Format) Text(v float64, prefix func(float64) Prefix) string {
	size := math.Abs(v)
	if !(size >= 1e27 || size <= 1e-27 && size != 0) {
		return prefix(v).Text(v, f)
	}
	blank := ""
	if v >= 0 {
		blank = " "
	}
	if f.Column {
		return blank + pad(scientific(v, 1), 8) + " "
	}
	return blank + scientific(v, 0)
}

// DecimalText returns v with one decimal and the decimal prefix: 12.3k.
func DecimalText(v float64) string { return text(v, Decimal) }

// BinaryText is DecimalText with the binary prefix from 1024 on: 12.1Ki.
func BinaryText(v float64) string { return text(v, Binary) }

func text(v float64, prefix func(float64) Prefix) string {
	if math.IsInf(v, 0) {
		return Fixed(v, 1)
	}
	return OneDecimal.Text(v, prefix)
}
