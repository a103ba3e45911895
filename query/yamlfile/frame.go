package yamlfile

import (
	"errors"
	"fmt"
	"strings"
)

// A framer finds the one document with content among directives, markers and comments.
type framer struct {
	out strings.Builder
	// line is the number of the line at hand, from 1.
	line int
	// inside says that a document has begun, by --- or by content: a line with % is content from here on.
	inside bool
	// version and directive are the lines of %YAML and of the newest directive before the next document; 0 is none.
	version, directive int
	// first is the line where the document with content began, and ended says that it is over.
	first int
	ended bool
}

// frame returns text with nothing but its document left, at its place. Empty documents around it are left out.
func frame(text string) (string, error) {
	f := &framer{}
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		f.line++
		if err := f.take(line); err != nil {
			return "", err
		}
		f.out.WriteByte('\n')
		text = rest
	}
	return f.out.String(), f.checkDirective()
}

// take reads one line and writes what the parser is to see of it.
func (f *framer) take(line string) error {
	if !f.inside {
		line = strings.TrimPrefix(line, string(mark))
	}
	after, start := afterMarker(line, "---")
	switch {
	case start:
		return f.begin(after)
	case !f.inside && strings.HasPrefix(line, "%"):
		return f.direct(line)
	}
	if after, end := afterMarker(line, "..."); end {
		return f.end(after)
	}
	return f.content(line, line)
}

// begin takes a line with ---, and after on it.
func (f *framer) begin(after string) error {
	f.leave()
	f.inside = true
	f.version, f.directive = 0, 0
	// The parser knows no tabs between the marker and what follows.
	inner := strings.TrimLeft(after, " \t")
	return f.content(after, "---"+strings.Repeat(" ", len(after)-len(inner))+inner)
}

// end takes a line with ..., and after on it.
func (f *framer) end(after string) error {
	if !isBlank(after) {
		return f.errorAt(len("...")+1, "nothing but a comment stands behind ...")
	}
	if err := f.checkDirective(); err != nil {
		return err
	}
	f.leave()
	return nil
}

// leave ends the document at hand.
func (f *framer) leave() {
	f.inside = false
	f.ended = f.first > 0
}

// content takes a line whose content is text, and which the parser is to see as shown.
func (f *framer) content(text, shown string) error {
	if f.first > 0 && !f.ended {
		f.out.WriteString(shown)
		return nil
	}
	if isBlank(text) {
		return nil
	}
	if err := f.checkDirective(); err != nil {
		return err
	}
	if f.ended {
		return f.errorAt(1, "a second document: the file is one, and it begins in line %d", f.first)
	}
	f.inside, f.first = true, f.line
	f.out.WriteString(shown)
	return nil
}

// direct takes a directive. Of those only %YAML means something here; %TAG names types, and no value has one.
func (f *framer) direct(line string) error {
	f.directive = f.line
	fields := strings.Fields(line)
	if fields[0] != "%YAML" {
		return nil
	}
	var major, minor int
	switch {
	case f.version > 0:
		return f.errorAt(1, "a second %%YAML: the first is in line %d", f.version)
	case len(fields) < 2:
		return f.errorAt(1, "%%YAML without a version: write %%YAML 1.2")
	}
	if n, err := fmt.Sscanf(fields[1]+"\n", "%d.%d\n", &major, &minor); n != 2 || err != nil || major != 1 {
		return f.errorAt(1, "%%YAML %s: this program reads 1.2", fields[1])
	}
	f.version = f.line
	return nil
}

// checkDirective refuses directives that no document follows.
func (f *framer) checkDirective() error {
	if f.directive == 0 {
		return nil
	}
	return &Error{f.directive, 1, errors.New("behind a directive a line with --- begins the document")}
}

func (f *framer) errorAt(column int, format string, args ...any) error {
	return &Error{f.line, column, fmt.Errorf(format, args...)}
}

// afterMarker returns what follows a marker that line begins with.
func afterMarker(line, marker string) (after string, ok bool) {
	after, ok = strings.CutPrefix(line, marker)
	return after, ok && (after == "" || after[0] == ' ' || after[0] == '\t')
}

// isBlank reports whether line has nothing but blanks and a comment.
func isBlank(line string) bool {
	inner := strings.TrimLeft(line, " \t")
	return inner == "" || inner[0] == '#'
}
