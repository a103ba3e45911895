package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/expr/inspect"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A wordEntry is one definition of a word, for reference pages. The route is ours.
type wordEntry struct {
	Name       string `json:"name"`
	Vocabulary string `json:"vocabulary"`
	// Signature is "inputs -- outputs", deepest operand first.
	Signature string `json:"signature"`
	Summary   string `json:"summary"`
	// Examples are programs that end with the word.
	Examples []string `json:"examples"`
	// Stacks has, of the examples that no graph can be drawn of, what they leave on the stack, the top last.
	Stacks     map[string][]inspect.StackValue `json:"stacks,omitempty"`
	Deprecated string                          `json:"deprecated,omitempty"` // what to use instead
	Unstable   bool                            `json:"unstable,omitempty"`   // needs features=unstable
}

// words answers with every word of the language, in the order in which they are tried.
func words(c *gin.Context) { writeJSON(c.Writer, http.StatusOK, allWordEntries()) }

func allWordEntries() []wordEntry {
	var list []wordEntry
	for _, w := range expr.Words() {
		list = append(list, newWordEntry(w))
	}
	return list
}

func newWordEntry(w *stack.Word) wordEntry {
	e := wordEntry{
		Name: w.Name, Vocabulary: w.Vocabulary, Signature: w.Signature, Summary: w.Summary,
		Examples: []string{}, Deprecated: w.Deprecated, Unstable: w.Unstable,
	}
	for _, example := range w.Examples {
		if strings.HasPrefix(example, "ERROR:") { // shows what does not work
			continue
		}
		if example != "" {
			example += ","
		}
		e.addExample(example + ":" + w.Name)
	}
	return e
}

func (e *wordEntry) addExample(program string) {
	e.Examples = append(e.Examples, program)
	if isDrawable(program) {
		return
	}
	left, err := inspect.Leaves(program, defaultWords())
	if err != nil {
		return // a test holds that every example runs
	}
	if e.Stacks == nil {
		e.Stacks = map[string][]inspect.StackValue{}
	}
	e.Stacks[program] = left
}

// isDrawable reports whether a graph of the program has a line, if what it reads is stored.
func isDrawable(program string) bool {
	shown, err := expr.Parse(program, expr.Options{})
	return err == nil && slices.ContainsFunc(shown, func(s *expr.Styled) bool { return !expr.IsVain(s.Expr) })
}
