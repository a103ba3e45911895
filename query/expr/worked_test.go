package expr

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A workedRow is a row of testdata/worked.jsonl; the file says what is what.
type workedRow struct {
	Row          int
	Q            string
	Events       bool
	Stack        []string
	Error        string
	Query, Label string
	DNF, CNF     []string
	Normal       string
	Eval         string
	Reads        []string
	Grouping     string
}

func TestWorkedRows(t *testing.T) {
	data, err := os.ReadFile("testdata/worked.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	rows := 0
	for lines.Scan() {
		if bytes.HasPrefix(lines.Bytes(), []byte("#")) {
			continue
		}
		var row workedRow
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		rows++
		if diff := row.check(); diff != "" {
			t.Errorf("row %d, %s (-got +want):\n%s", row.Row, row.Q, diff)
		}
	}
	if rows < 680 {
		t.Errorf("only %d rows", rows)
	}
}

func (row *workedRow) check() string {
	switch {
	case row.Query != "":
		return row.checkQuery()
	case row.Normal != "":
		return row.checkNormal()
	case row.Eval != "":
		return row.checkEval()
	}
	v := Default().Default
	if row.Events {
		v = Default().Events
	}
	values, err := v.Execute(row.Q, stack.Options{Unstable: true})
	if row.Error != "" || err != nil {
		var mistake *stack.Error
		if !errors.As(err, &mistake) {
			return "no mistake, but " + row.Error
		}
		return cmp.Diff(string(mistake.Kind)+": "+mistake.Message, row.Error)
	}
	got := []string{}
	for _, v := range values {
		got = append(got, v.TypeName()+" "+shownText(v))
	}
	return cmp.Diff(got, row.Stack)
}

// shownText returns v as the rows do: a text as it is.
func shownText(v stack.Value) string {
	if text, ok := v.(stack.Text); ok {
		return string(text)
	}
	return programText(v)
}

// programText returns v as a program writes it.
func programText(v stack.Value) string {
	switch v := v.(type) {
	case stack.Text:
		return stack.Escape(string(v))
	case stack.List:
		var items []string
		for _, one := range v {
			items = append(items, programText(one))
		}
		if items == nil {
			return "(,)"
		}
		return "(," + strings.Join(items, ",") + ",)"
	}
	return v.String()
}

func (row *workedRow) checkQuery() string {
	p, err := ParseQuery(row.Q)
	if err != nil {
		return err.Error()
	}
	dnf, _ := Conjunctions(p)
	cnf, _ := Clauses(p)
	got := workedRow{Row: row.Row, Q: row.Q, Query: Query{p}.String(), Label: QueryLabel(p), DNF: queryTexts(dnf), CNF: queryTexts(cnf)}
	return cmp.Diff(got, *row)
}

func queryTexts(all []tag.Predicate) []string {
	var texts []string
	for _, p := range all {
		texts = append(texts, Query{p}.String())
	}
	return texts
}

func (row *workedRow) checkNormal() string {
	shown, err := Parse(row.Q, Options{})
	if err != nil {
		return err.Error()
	}
	normal, err := Normalize(shown[0])
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(normal, row.Normal)
}

func (row *workedRow) checkEval() string {
	shown, err := Parse(row.Q, Options{})
	if err != nil {
		return err.Error()
	}
	expand := &change{expr: func(e Expr) (Expr, error) {
		if r, ok := e.(*Rewrite); ok {
			return r.Eval, nil
		}
		return nil, nil
	}}
	e := shown[0].Expr
	for range 5 { // rewrites in rewrites
		if e, err = expand.apply(e); err != nil {
			return err.Error()
		}
	}
	got := workedRow{Row: row.Row, Q: row.Q, Eval: e.String(), Grouping: "(" + strings.Join(e.FinalGrouping(), ", ") + ")"}
	seen := map[string]bool{}
	for _, d := range DataExprs(e) {
		if text := d.String(); !seen[text] {
			seen[text] = true
			got.Reads = append(got.Reads, text)
		}
	}
	return cmp.Diff(got, *row)
}
