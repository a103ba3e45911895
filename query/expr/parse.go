package expr

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Options say how a program is read.
type Options struct {
	// Vocabulary has the words; nil is that of Default.
	Vocabulary *stack.Vocabulary
	// Zone is the name of the time zone for times that name none, the variable tz; "" is UTC.
	Zone string
	// Common is added, with :and, to every query; nil adds nothing.
	Common tag.Predicate
	// Unstable allows words that may still change.
	Unstable bool
}

func (o Options) vocabulary() *stack.Vocabulary {
	if o.Vocabulary != nil {
		return o.Vocabulary
	}
	return Default().Default
}

func (o Options) machine() stack.Options {
	run := stack.Options{Unstable: o.Unstable}
	if o.Zone != "" {
		run.Variables = map[string]stack.Value{"tz": stack.Text(o.Zone)}
	}
	return run
}

// Parse reads a program and returns the expressions to show, in the order written: queries as their sum,
// numbers as constants, one with the old list of offsets once for each. The error is a *stack.Error.
func Parse(program string, o Options) ([]*Styled, error) {
	values, err := o.vocabulary().Execute(program, o.machine())
	if err != nil {
		return nil, err
	}
	shown, err := o.present(values)
	return shown, placeAll(err, program)
}

// placeAll places a mistake that no single token made at the whole program.
func placeAll(err error, program string) error {
	var mistake *stack.Error
	if errors.As(err, &mistake) {
		return mistake.At(0, len(program))
	}
	return err
}

// maxFoundBytes bounds the value that a message shows: a list may be as long as the program.
const maxFoundBytes = 1 << 10

// cutText returns text, up to maxFoundBytes of it, cut between two runes.
func cutText(text string) string {
	if len(text) <= maxFoundBytes {
		return text
	}
	end := maxFoundBytes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// present converts what a program left on the stack into expressions to show.
func (o Options) present(values []stack.Value) ([]*Styled, error) {
	shown := make([]*Styled, 0, len(values))
	for _, v := range values {
		s := asStyled(v)
		if s == nil {
			return nil, stack.Invalid("expecting time series expr, found %s '%s'", v.TypeName(), cutText(v.String()))
		}
		each, err := s.perOffset()
		if err != nil {
			return nil, err
		}
		shown = append(shown, each...)
	}
	if o.Common == nil {
		return shown, nil
	}
	for i, s := range shown {
		v, err := withCommonQuery(nil, s, o.Common)
		if err != nil {
			return nil, err
		}
		shown[i] = v.(*Styled)
	}
	return shown, nil
}

// ParseQuery reads a program that leaves one query. The error is a *stack.Error.
func ParseQuery(program string) (tag.Predicate, error) {
	values, err := Default().Default.Execute(program, stack.Options{})
	if err != nil {
		return nil, err
	}
	if len(values) == 1 {
		if q, ok := values[0].(Query); ok {
			return q.Predicate, nil
		}
	}
	mistake := stack.Invalid("expected a single query, found [%s]", strings.Join(stack.TypeNames(values), ","))
	return nil, mistake.At(0, len(program))
}

// perOffset returns s once for each offset of the old list form of :offset, and by itself without one.
func (s *Styled) perOffset() ([]*Styled, error) {
	offsets, err := s.styleOffsets()
	if err != nil || len(offsets) == 0 {
		return []*Styled{s}, err
	}
	each := make([]*Styled, len(offsets))
	for i, d := range offsets {
		each[i] = &Styled{Expr: withOffset(s.Expr, d), Settings: s.Settings.without("offset")}
	}
	return each, nil
}

// styleOffsets reads the list of offsets, which is kept as program text.
func (s *Styled) styleOffsets() ([]Duration, error) {
	text, ok := s.Settings.Get("offset")
	if !ok {
		return nil, nil
	}
	values, err := Default().Vocabulary("std").Execute(text, stack.Options{})
	if err != nil || len(values) != 1 {
		return nil, err
	}
	list, ok := stack.StringListType.Accept(values[0])
	if !ok {
		return nil, nil
	}
	var offsets []Duration
	for _, one := range list.([]string) {
		d, err := ParseDuration(one)
		if err != nil {
			return nil, err
		}
		if !d.FitsMilliseconds() {
			return nil, stack.Errorf(stack.Arithmetic, "long overflow")
		}
		offsets = append(offsets, d)
	}
	return offsets, nil
}
