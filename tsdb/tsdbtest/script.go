package tsdbtest

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// A Script is a text of series, questions and expected answers:
//
//	step 60s
//	series name=cpu node=a   10 20 30
//
//	# what it shows
//	name,cpu,:eq,:sum
//		10 20 30
//
// Series lines and inputs stand flush left, expected output is indented by a tab or spaces. What an
// input means is the test's affair.
type Script struct {
	Store *Store
	Cases []Case
}

// A Case is one input and the lines expected for it, without their indentation.
type Case struct {
	Line   int // of the input, from 1
	Input  string
	Output []string
}

// ParseScript reads a script. Series lines may stand anywhere; all series are there for all cases.
func ParseScript(r io.Reader) (*Script, error) {
	var script Script
	var reader seriesReader
	lines := bufio.NewScanner(r)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimRight(lines.Text(), " \t")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			if len(script.Cases) == 0 {
				return nil, fmt.Errorf("line %d: output without input", number)
			}
			last := &script.Cases[len(script.Cases)-1]
			last.Output = append(last.Output, strings.TrimSpace(line))
		case isSeriesLine(line):
			if err := reader.line(line); err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
		default:
			script.Cases = append(script.Cases, Case{Line: number, Input: line})
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	script.Store = reader.finish()
	return &script, nil
}

// Rewrite returns the text of a script with the output of each case replaced by answer's, for
// "go test -update". Comments, series and blank lines stay.
func Rewrite(text string, answer func(Case) []string) (string, error) {
	script, err := ParseScript(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	answers := make(map[int][]string)
	for _, c := range script.Cases {
		answers[c.Line] = answer(c)
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && strings.TrimSpace(line) != "" {
			continue
		}
		b.WriteString(line + "\n")
		for _, out := range answers[i+1] {
			b.WriteString("\t" + out + "\n")
		}
	}
	return b.String(), nil
}
