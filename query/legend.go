package query

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/number"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// legendOf returns the legend of a line: the format with variables filled in, then edited as the words
// :decode and :s asked for. An empty format, and one that comes out empty, is the label.
func legendOf(format, edits string, l *Line) (string, error) {
	if format == "" {
		format = l.Label
	}
	text := expr.Substitute(format, l.variable)
	text, err := editLegend(text, edits, l)
	if err != nil {
		return "", err
	}
	if text == "" {
		return l.Label, nil
	}
	return text, nil
}

// variable returns what $name stands for in the legend of l: a tag, a statistic of what is shown, or else
// the name itself.
func (l *Line) variable(name string) string {
	if stat, ok := strings.CutPrefix(name, "atlas."); ok && stat != "count" {
		if v, ok := l.Stats.Get(stat); ok {
			if l.binary {
				return number.BinaryText(v)
			}
			return number.DecimalText(v)
		}
	}
	if value, ok := l.Tags.Get(name); ok {
		return value
	}
	return name
}

// editLegend applies commands like "hex,:decode,^www-,,:s". They are split at commas as Atlas does it,
// so that a pattern with a comma falls apart; pieces that are no command are skipped.
func editLegend(text, edits string, l *Line) (string, error) {
	if edits == "" {
		return text, nil
	}
	pieces := strings.Split(edits, ",")
	for len(pieces) > 0 && pieces[len(pieces)-1] == "" {
		pieces = pieces[:len(pieces)-1]
	}
	var err error
	for i := 0; i < len(pieces); {
		switch {
		case i+1 < len(pieces) && pieces[i+1] == ":decode":
			text, err = decodeLegend(text, pieces[i])
			i += 2
		case i+2 < len(pieces) && pieces[i+2] == ":s":
			text, err = searchReplace(text, pieces[i], pieces[i+1], l)
			i += 3
		default:
			i++
		}
		if err != nil {
			return "", err
		}
	}
	return text, nil
}

func decodeLegend(text, mode string) (string, error) {
	switch mode {
	case "none":
		return text, nil
	case "hex":
		return decodeHex(text), nil
	}
	return "", stack.Invalid("unknown encoding '%s'", mode)
}

// decodeHex replaces _HH by the character with that code. Other underscores stay.
func decodeHex(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] == '_' && i+2 < len(text) {
			if code, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				b.WriteRune(rune(code))
				i += 3
				continue
			}
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// searchReplace replaces all that pattern finds. In the replacement $1 and $name are groups of the
// pattern, else tags, else themselves; a group that took no part is "null".
func searchReplace(text, pattern, replacement string, l *Line) (string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return "", stack.Invalid("legend pattern '%s': %v", pattern, err)
	}
	var b strings.Builder
	end := 0
	for _, match := range re.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[end:match[0]])
		b.WriteString(expr.Substitute(replacement, func(name string) string {
			group := groupNumber(re, name)
			if group < 0 {
				return l.variable(name)
			}
			if match[2*group] < 0 {
				return "null"
			}
			return text[match[2*group]:match[2*group+1]]
		}))
		end = match[1]
	}
	return b.String() + text[end:], nil
}

// groupNumber returns the number of the group called name, or -1.
func groupNumber(re *regexp.Regexp, name string) int {
	if n, err := strconv.Atoi(name); err == nil {
		if n >= 0 && n <= re.NumSubexp() {
			return n
		}
		return -1
	}
	return re.SubexpIndex(name)
}
