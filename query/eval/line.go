package eval

import (
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Line is one line of the result of an expression.
type Line struct {
	Tags tag.Tags
	// Label is the name of the line where nothing else was asked for, as "rolling-max(name=cpu)".
	Label string
	// Values has one value per step of the evaluated range. NaN is "no value".
	Values []float64
	// Gauge tells that missing values are left out of averages over a larger step; else they count as 0.
	Gauge bool
}

// A line is a Line in the making: most labels are never looked at, so they are put together last.
type line struct {
	tags   tag.Tags
	label  label
	values []float64
	gauge  bool
}

// A lineSet is what one node yields. Its values belong to the next node alone, unless it is shared.
type lineSet struct {
	lines  []line
	shared bool
	notice string // a remark for people, or ""
	warns  bool   // the notice says that something was not taken as it was asked for, or left out
}

// A label is text, or that of the tags where text is empty, inside the names of words that were applied.
type label struct {
	text  string
	words string // "derivative(integral("
}

func (l label) within(word string) label {
	l.words = word + "(" + l.words
	return l
}

// resolve returns the label of a line with tags t.
func (l label) resolve(t tag.Tags) string {
	text := l.text
	if text == "" {
		text = t.String()
	}
	if l.words == "" {
		return text
	}
	return l.words + text + strings.Repeat(")", strings.Count(l.words, "("))
}

// noData is the line that stands for data that are not there.
func noData(n int) line {
	return line{
		tags:   tag.Tags{{Key: tag.Name, Value: "NO_DATA"}},
		label:  label{text: "NO DATA"},
		values: newMissing(n),
		gauge:  true,
	}
}

// merged returns the tags of both sets; where both have a key, b's value.
func merged(a, b tag.Tags) tag.Tags {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	all := make(tag.Tags, 0, len(a)+len(b))
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch c := strings.Compare(a[i].Key, b[j].Key); {
		case c < 0:
			all = append(all, a[i])
			i++
		case c > 0:
			all = append(all, b[j])
			j++
		default:
			all = append(all, b[j])
			i, j = i+1, j+1
		}
	}
	return append(append(all, a[i:]...), b[j:]...)
}
