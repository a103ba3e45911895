package stack

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of a format specifier: a pattern must not be able to fill the memory.
const (
	maxWidth          = 256
	maxTextPrecision  = 256
	maxFloatPrecision = 32
	maxFormatted      = 1 << 16 // bytes of the result: texts made of themselves grow fast
)

// A specifier is one %… of a pattern.
type specifier struct {
	left, plus, blank, zeros bool
	width                    int // 0 is none
	precision                int // -1 is none
	verb                     byte
}

// Format fills args into a printf pattern: %[INDEX$][flags][width][.precision]type with the types
// s, d, u, x, X and f. Args beyond the pattern are ignored.
func Format(pattern string, args List) (string, error) {
	var b strings.Builder
	counter := 0 // of the next argument without index
	for at := 0; at < len(pattern); {
		if pattern[at] != '%' {
			b.WriteByte(pattern[at])
			at++
			continue
		}
		if strings.HasPrefix(pattern[at+1:], "%") {
			b.WriteByte('%')
			at += 2
			continue
		}
		p := specParser{pattern: pattern, at: at + 1}
		spec, index, err := p.parse()
		if err != nil {
			return "", err
		}
		if index < 0 {
			index = counter
			counter++
		} else {
			counter = max(counter, index+1)
		}
		if index >= len(args) {
			return "", Invalid("missing argument at index %d for format specifier at position %d", index, p.position(at))
		}
		text, err := spec.format(args[index])
		if err != nil {
			return "", err
		}
		b.WriteString(text)
		if b.Len() > maxFormatted {
			return "", Invalid("the formatted text is longer than %d bytes", maxFormatted)
		}
		at = p.at
	}
	return b.String(), nil
}

// A specParser reads one specifier.
type specParser struct {
	pattern string
	at      int
}

// position returns at in characters, which is what messages count.
func (p *specParser) position(at int) int { return utf8.RuneCountInString(p.pattern[:at]) }

func (p *specParser) peek() byte {
	if p.at == len(p.pattern) {
		return 0
	}
	return p.pattern[p.at]
}

// digits reads the digits at the current place.
func (p *specParser) digits() string {
	from := p.at
	for c := p.peek(); '0' <= c && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.pattern[from:p.at]
}

// parse reads a specifier behind its percent sign. The index counts from 0 and is -1 if none is given.
func (p *specParser) parse() (spec specifier, index int, err error) {
	if index, err = p.index(); err != nil {
		return spec, 0, err
	}
	p.flags(&spec)
	if err = p.size(&spec); err != nil {
		return spec, 0, err
	}
	verb, size := utf8.DecodeRuneInString(p.pattern[p.at:])
	if size == 0 {
		return spec, 0, Invalid("missing type specifier at position %d", p.position(p.at))
	}
	if !strings.ContainsRune("sduxXf", verb) {
		return spec, 0, Invalid("invalid type specifier '%c' at position %d", verb, p.position(p.at))
	}
	spec.verb = byte(verb)
	p.at++
	return spec, index, spec.check()
}

func (p *specParser) index() (int, error) {
	from := p.at
	digits := p.digits()
	if digits == "" || p.peek() != '$' {
		p.at = from
		return -1, nil
	}
	p.at++
	n, err := formatNumber(digits)
	if err == nil && n == 0 {
		err = Errorf(IndexOutOfBounds, "-1")
	}
	return n - 1, err
}

func (p *specParser) flags(spec *specifier) {
	for ; ; p.at++ {
		switch p.peek() {
		case '-':
			spec.left = true
		case '+':
			spec.plus = true
		case ' ':
			spec.blank = true
		case '0':
			spec.zeros = true
		default:
			return
		}
	}
}

func (p *specParser) size(spec *specifier) (err error) {
	if digits := p.digits(); digits != "" {
		if spec.width, err = formatNumber(digits); err != nil {
			return err
		}
		if spec.width < 1 || spec.width > maxWidth {
			return Invalid("width must be between 1 and %d, got: %d", maxWidth, spec.width)
		}
	}
	spec.precision = -1
	if p.peek() != '.' {
		return nil
	}
	p.at++
	digits := p.digits()
	if digits == "" {
		return Invalid("missing precision value after '.' at position %d", p.position(p.at))
	}
	spec.precision, err = formatNumber(digits)
	return err
}

func formatNumber(digits string) (int, error) {
	n, ok := ParseInt(digits)
	if !ok {
		return 0, Errorf(NumberFormat, "For input string: %q", digits)
	}
	return int(n), nil
}

// check refuses combinations without a meaning.
func (s *specifier) check() error {
	if s.precision >= 0 {
		limit := 0
		switch s.verb {
		case 's':
			limit = maxTextPrecision
		case 'f':
			limit = maxFloatPrecision
		default:
			return Invalid("precision not allowed for type %c", s.verb)
		}
		if s.precision > limit {
			return Invalid("precision must be between 0 and %d for type %c, got: %d", limit, s.verb, s.precision)
		}
	}
	if s.verb == 's' && s.zeros {
		return Invalid("zero padding not allowed for string type")
	}
	if s.verb == 's' && (s.plus || s.blank) {
		return Invalid("sign flags not allowed for string type")
	}
	return nil
}

// format returns v as the specifier wants it.
func (s *specifier) format(v Value) (string, error) {
	switch s.verb {
	case 's':
		text := []rune(v.String())
		if s.precision >= 0 && s.precision < len(text) {
			text = text[:s.precision]
		}
		return s.pad("", string(text)), nil
	case 'f':
		return s.formatFloat(v)
	}
	text, isText := v.(Text)
	if !isText {
		return "", Invalid("cannot format %s as integer", v)
	}
	n, ok := parseDecimal(string(text), math.MaxInt64)
	if !ok {
		return "", Errorf(NumberFormat, "For input string: %q", string(text))
	}
	switch s.verb {
	case 'x':
		return s.pad("", strconv.FormatUint(uint64(n), 16)), nil
	case 'X':
		return s.pad("", strings.ToUpper(strconv.FormatUint(uint64(n), 16))), nil
	case 'u':
		return s.pad("", strconv.FormatUint(uint64(n), 10)), nil
	}
	size := uint64(n)
	if n < 0 {
		size = -size
	}
	return s.pad(s.sign(n < 0), strconv.FormatUint(size, 10)), nil
}

func (s *specifier) formatFloat(v Value) (string, error) {
	text, isText := v.(Text)
	if !isText {
		return "", Invalid("cannot format %s as float", v)
	}
	n, ok := ParseDouble(string(text))
	if !ok {
		return "", Errorf(NumberFormat, "For input string: %q", string(text))
	}
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	var digits string
	switch {
	case math.IsNaN(n):
		digits = "NaN"
	case math.IsInf(n, 0):
		digits = "∞"
	default:
		digits = fixedPoint(math.Abs(n), precision)
	}
	return s.pad(s.sign(n < 0), digits), nil
}

// fixedPoint prints n with so many digits after the point. The digits are those of the shortest decimal
// that reads back as n, then zeros; rounding is half to even.
func fixedPoint(n float64, precision int) string {
	shortest := strconv.FormatFloat(n, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(shortest, ".")
	switch {
	case len(fraction) > precision:
		return strconv.FormatFloat(n, 'f', precision, 64)
	case precision == 0:
		return whole
	}
	return whole + "." + fraction + strings.Repeat("0", precision-len(fraction))
}

func (s *specifier) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case s.plus:
		return "+"
	case s.blank:
		return " "
	}
	return ""
}

// pad brings sign and body to the width.
func (s *specifier) pad(sign, body string) string {
	missing := s.width - utf8.RuneCountInString(sign) - utf8.RuneCountInString(body)
	if missing <= 0 {
		return sign + body
	}
	switch {
	case s.left:
		return sign + body + strings.Repeat(" ", missing)
	case s.zeros:
		return sign + strings.Repeat("0", missing) + body
	}
	return strings.Repeat(" ", missing) + sign + body
}
