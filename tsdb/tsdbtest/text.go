package tsdbtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// ParseStore reads series from text (see the package comment). Empty lines and lines that start with
// # are skipped. Its errors carry the line number.
func ParseStore(r io.Reader) (*Store, error) {
	var reader seriesReader
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	number := 0
	for lines.Scan() {
		number++
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if err := reader.line(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	return reader.finish(), nil
}

// A seriesReader takes the lines of the text form one by one.
type seriesReader struct {
	store *Store
	start int64
}

func isSeriesLine(line string) bool {
	word, _, _ := strings.Cut(line, " ")
	return word == "step" || word == "start" || word == "series"
}

func (r *seriesReader) line(line string) error {
	fields, err := splitFields(line)
	if err != nil {
		return err
	}
	switch fields[0] {
	case "step":
		return r.step(fields[1:])
	case "start":
		return r.startAt(fields[1:])
	case "series":
		return r.series(fields[1:])
	}
	return fmt.Errorf("unknown line %q: want step, start or series", fields[0])
}

// finish returns the store, empty and with a step of a minute if no line said otherwise.
func (r *seriesReader) finish() *Store {
	if r.store == nil {
		r.store = NewStore(time.Minute.Milliseconds())
	}
	return r.store
}

func (r *seriesReader) step(args []string) error {
	if len(args) != 1 || r.store != nil {
		return errors.New("step wants one duration and comes before start and series")
	}
	d, err := time.ParseDuration(args[0])
	if err != nil || d < time.Millisecond {
		return fmt.Errorf("step %q is not a duration of a millisecond or more", args[0])
	}
	r.store = NewStore(d.Milliseconds())
	return nil
}

func (r *seriesReader) startAt(args []string) error {
	if len(args) != 1 {
		return errors.New("start wants one time")
	}
	t, err := time.Parse(time.RFC3339, args[0])
	if err != nil {
		return fmt.Errorf("start %q is not a time like 2026-11-22T09:01:00Z", args[0])
	}
	r.start = t.UnixMilli()
	if r.start%r.finish().stepMillis != 0 {
		return fmt.Errorf("start %q is not on the step grid", args[0])
	}
	return nil
}

func (r *seriesReader) series(args []string) error {
	store := r.finish()
	var tags tag.Tags
	for len(args) > 0 {
		key, value, ok, err := parseTag(args[0])
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		tags = append(tags, tag.Tag{Key: key, Value: value})
		args = args[1:]
	}
	tags = tag.Sort(tags)
	at := r.start
	for _, text := range args {
		value, times, err := parseValue(text)
		if err != nil {
			return err
		}
		for range times {
			store.Set(tags, at, value)
			at += store.stepMillis
		}
	}
	return nil
}

// maxRun bounds the repetitions of one value, so that a short text cannot ask for much memory.
const maxRun = 100_000

// parseValue reads "5" or "5*3".
func parseValue(text string) (value float64, times int, err error) {
	number, count, repeated := strings.Cut(text, "*")
	times = 1
	if repeated {
		if times, err = strconv.Atoi(count); err != nil || times < 1 || times > maxRun {
			return 0, 0, fmt.Errorf("value %q: %q is not a count of 1 to %d", text, count, maxRun)
		}
	}
	if value, err = strconv.ParseFloat(number, 64); err != nil && !math.IsInf(value, 0) {
		return 0, 0, fmt.Errorf("value %q is not a number", text)
	}
	return value, times, nil
}

// parseTag reads k=v, where either side may be quoted as in Go; ok is false for a field without =.
func parseTag(field string) (key, value string, ok bool, err error) {
	key, rest, err := cutWord(field)
	if err != nil || rest == "" {
		return "", "", false, err
	}
	value, rest, err = cutWord(rest[1:])
	if err == nil && rest != "" {
		err = fmt.Errorf("tag %q has two =", field)
	}
	return key, value, err == nil, err
}

// cutWord splits text at the first = outside quotes and removes the quotes of the part before it.
func cutWord(text string) (word, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", "", fmt.Errorf("%s: %w", text, err)
		}
		rest = text[len(quoted):]
		if rest != "" && rest[0] != '=' {
			return "", "", fmt.Errorf("%s: text behind the closing quote", text)
		}
		word, err = strconv.Unquote(quoted)
		return word, rest, err
	}
	if i := strings.IndexByte(text, '='); i >= 0 {
		return text[:i], text[i:], nil
	}
	return text, "", nil
}

// splitFields splits a line at spaces outside quotes. There is at least one field.
func splitFields(line string) ([]string, error) {
	var fields []string
	begin, quoted := -1, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if begin < 0 {
				begin = i
			}
		case (c == ' ' || c == '\t') && !quoted:
			if begin >= 0 {
				fields = append(fields, line[begin:i])
			}
			begin = -1
		case begin < 0:
			begin = i
		}
	}
	if quoted {
		return nil, errors.New("a quote is not closed")
	}
	if begin >= 0 {
		fields = append(fields, line[begin:])
	}
	if len(fields) == 0 {
		return nil, errors.New("an empty line")
	}
	return fields, nil
}
