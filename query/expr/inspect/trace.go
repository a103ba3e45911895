package inspect

import (
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// A Step is the state between two tokens of a program.
type Step struct {
	Program []string `json:"program"` // the tokens still to come
	Context Context  `json:"context"`
}

// A Context is what a step has, as text.
type Context struct {
	Stack     []string          `json:"stack"` // top first
	Variables map[string]string `json:"variables"`
}

// maxTraceBytes bounds the text of a trace.
const maxTraceBytes = 32 << 20

// Trace returns the states that a program goes through, the first before its first token. What it leaves
// must suit the vocabulary: any for std, one value for query, expressions for the others.
func Trace(program string, v *stack.Vocabulary) ([]Step, error) {
	steps, err := v.Trace(program, options)
	if err != nil {
		return nil, err
	}
	if err := checkResult(v.Name(), steps[len(steps)-1].Stack); err != nil {
		return nil, err
	}
	p := printer{left: maxTraceBytes}
	shown := make([]Step, len(steps))
	for i, step := range steps {
		shown[i] = p.step(step)
	}
	if p.left < 0 {
		return nil, stack.Invalid("the trace of the program has more than %d bytes", maxTraceBytes)
	}
	return shown, nil
}

func checkResult(vocabulary string, values []stack.Value) error {
	switch vocabulary {
	case "std":
		return nil
	case "query":
		switch len(values) {
		case 0:
			return stack.Invalid("expected a single query, stack is empty")
		case 1:
			return nil
		}
		return stack.Invalid("expected a single query, found [%s]", strings.Join(stack.TypeNames(values), ","))
	}
	if len(values) == 0 {
		return stack.Invalid("expected an expression, stack is empty")
	}
	for _, v := range slices.Backward(values) {
		if expr.Presentation(v) == nil {
			return stack.Invalid("expected an expression, found [%s]", v.TypeName())
		}
	}
	return nil
}

// A printer turns values into text as long as there are bytes left.
type printer struct{ left int }

func (p *printer) step(s stack.Step) Step {
	shown := Step{Program: make([]string, 0, len(s.Remaining)), Context: Context{make([]string, 0, len(s.Stack)), map[string]string{}}}
	for _, t := range s.Remaining {
		shown.Program = append(shown.Program, stack.Visible(t.Text))
		p.left -= len(t.Text)
	}
	for _, v := range slices.Backward(s.Stack) {
		shown.Context.Stack = append(shown.Context.Stack, p.text(v))
	}
	for name, v := range s.Variables {
		shown.Context.Variables[name] = p.text(v)
	}
	return shown
}

// text returns the text of v, or nothing where the limit is reached.
func (p *printer) text(v stack.Value) string {
	if p.left < 0 {
		return ""
	}
	if p.left--; !expr.Printable(v) {
		p.left = -1
		return ""
	}
	text := v.String()
	if d, ok := v.(*expr.Data); ok {
		text = d.Unshifted()
	}
	p.left -= len(text)
	return stack.Visible(text)
}
