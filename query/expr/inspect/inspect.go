package inspect

import (
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A program may use words here that may still change: nothing is evaluated.
var options = stack.Options{Unstable: true}

// presentations runs a program and returns the expressions it leaves, the first written first. What is
// no expression is left out.
func presentations(program string, v *stack.Vocabulary, o stack.Options) ([]*expr.Styled, error) {
	values, err := v.Execute(program, o)
	if err != nil {
		return nil, err
	}
	found := make([]*expr.Styled, 0, len(values))
	for _, value := range values {
		if s := expr.Presentation(value); s != nil {
			found = append(found, s)
		}
	}
	return found, nil
}

// Normalize returns the normal forms of the expressions of a program, in the order written.
func Normalize(program string, v *stack.Vocabulary) ([]string, error) {
	found, err := presentations(program, v, options)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(found))
	for i, s := range found {
		if texts[i], err = expr.Normalize(s); err != nil {
			return nil, err
		}
		texts[i] = stack.Visible(texts[i])
	}
	return texts, nil
}

// Queries returns the distinct queries of a program, sorted.
func Queries(program string, v *stack.Vocabulary) ([]string, error) {
	found, err := presentations(program, v, options)
	if err != nil {
		return nil, err
	}
	texts := []string{}
	for _, s := range found {
		for _, d := range expr.DataExprs(s.Expr) {
			texts = append(texts, stack.Visible(expr.Query{Predicate: d.Query}.String()))
		}
	}
	slices.SortFunc(texts, stack.CompareText)
	return slices.Compact(texts), nil
}

// Rewrite returns the expressions of a program without the old list form of :offset, the last written first.
func Rewrite(program string, v *stack.Vocabulary) ([]string, error) {
	found, err := presentations(program, v, options)
	if err != nil {
		return nil, err
	}
	slices.Reverse(found)
	texts := make([]string, len(found))
	for i, s := range found {
		if texts[i], err = expr.RewriteOffsets(s, i); err != nil {
			return nil, err
		}
		texts[i] = stack.Visible(texts[i])
	}
	return texts, nil
}

// Strip returns the expressions of a program without the conditions on some keys and without the parts
// that some vocabularies added, filter or style; the last written first.
func Strip(program string, v *stack.Vocabulary, keys, vocabularies []string) ([]string, error) {
	found, err := presentations(program, v, stack.Options{})
	if err != nil {
		return nil, err
	}
	slices.Reverse(found)
	texts := make([]string, len(found))
	for i, s := range found {
		stripped, err := strip(s, keys, vocabularies)
		if err != nil {
			return nil, err
		}
		texts[i] = stack.Visible(stripped.String())
	}
	return texts, nil
}

func strip(s *expr.Styled, keys, vocabularies []string) (expr.Node, error) {
	var layers []expr.Layer
	for _, name := range vocabularies {
		switch name {
		case "filter":
			layers = append(layers, expr.FilterLayer)
		case "style":
			layers = append(layers, expr.StyleLayer)
		default:
			return nil, stack.Invalid("vocabulary '%s' not supported", name)
		}
	}
	return expr.Strip(s, keys, layers)
}

// hidden are the words that Complete does not offer: they move values about, are a special case of
// another, or fit everywhere.
var hidden = strings.Fields("-rot 2over call clear depth drop dup each fcall format freeze get list map ndrop nip nlist over pick roll rot set sset swap tuck " +
	"true false reic not all cf-avg cf-sum cf-min cf-max head des des-simple des-fast des-slow des-slower des-epic-signal des-epic-viz random " +
	"stat-avg stat-max stat-min stat-last stat-count stat-total stat-min-mf stat-max-mf stat-avg-mf")

func isHidden(w *stack.Word) bool { return slices.Contains(hidden, w.Name) }

// Complete returns the words that can follow a program: those that fit what it leaves and then run
// without an error.
func Complete(program string, v *stack.Vocabulary) ([]*stack.Word, error) {
	m := v.NewMachine(options)
	if err := m.Execute(program); err != nil {
		return nil, err
	}
	m.Thaw()
	found := []*stack.Word{}
	for _, w := range v.Words() {
		if isHidden(w) || !w.Accepts(m.Stack()) {
			continue
		}
		if err := m.Fork().RunList(stack.List{stack.Text(":" + w.Name)}); err == nil {
			found = append(found, w)
		}
	}
	return found, nil
}
