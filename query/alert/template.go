package alert

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Bounds of a template: what is written in the file, and what it may render to. Longer output is cut.
const (
	maxTemplateBytes = 4 << 10
	maxRenderedBytes = 4 << 10
)

// A Template is the text of an annotation: Go's text/template over TemplateData, cut down so that
// rendering ends soon whatever the template says. Loops run over .Labels only and do not nest, there
// are no nested templates, and the format of a printf is written out in place.
type Template struct {
	text     string
	compiled *template.Template
}

// TemplateData is what a template sees.
type TemplateData struct {
	// Labels are those of the alert, with "_" for each "." in a key; a key that really has the
	// underscore wins.
	Labels map[string]string
	// Value and Signal are those of the event: the last that are known. They print without exponent.
	Value, Signal Number
}

// functions are those of text/template that a template may call; none of them can be made to run long.
var functions = []string{"and", "eq", "ge", "gt", "index", "le", "len", "lt", "ne", "not", "or", "printf"}

// ParseTemplate checks and compiles a template.
func ParseTemplate(text string) (Template, error) {
	if len(text) > maxTemplateBytes {
		return Template{}, fmt.Errorf("the template has %d bytes, the limit is %d", len(text), maxTemplateBytes)
	}
	compiled, err := template.New("annotation").Option("missingkey=error").
		Funcs(template.FuncMap{"printf": boundedPrintf}).Parse(text)
	if err != nil {
		return Template{}, errors.New(strings.TrimPrefix(err.Error(), "template: "))
	}
	if len(compiled.Templates()) > 1 {
		return Template{}, errors.New("define and block are not available in annotations")
	}
	if compiled.Tree != nil { // nil for an empty text
		if err := checkNode(compiled.Root, scope{}); err != nil {
			return Template{}, err
		}
	}
	return Template{text, compiled}, nil
}

// String returns the template as written.
func (t Template) String() string { return t.text }

// Render returns the text for data, at most maxRenderedBytes of it. A template that fails, say because
// there is no such label, must not keep an alert from going out: its text is then the template as
// written and what is wrong with it, in brackets.
func (t Template) Render(data TemplateData) string {
	if t.compiled == nil {
		return t.text
	}
	var out cappedText
	switch err := t.compiled.Execute(&out, data); {
	case errors.Is(err, errTextFull):
		return out.String() + "…"
	case err != nil:
		return t.text + " [" + strings.TrimPrefix(err.Error(), "template: ") + "]"
	}
	return out.String()
}

// templateData returns what the templates of a rule see for an alert with these labels.
func templateData(labels map[string]string, value, signal float64) TemplateData {
	named := make(map[string]string, len(labels))
	for key, v := range labels {
		if strings.Contains(key, ".") {
			named[strings.ReplaceAll(key, ".", "_")] = v
		}
	}
	for key, v := range labels {
		if !strings.Contains(key, ".") {
			named[key] = v
		}
	}
	return TemplateData{named, Number(value), Number(signal)}
}

// mergeLabels returns the labels of a group: its tags, and those of the rule, which win.
func mergeLabels(tags tag.Tags, rule map[string]string) map[string]string {
	labels := tags.Map()
	for key, value := range rule {
		labels[key] = value
	}
	return labels
}

// A scope is where in a template a node stands.
type scope struct {
	inRange bool
	rebound bool // the dot is not the TemplateData, but what with or range put there
}

// checkNode refuses what could make a template run long or fail always.
func checkNode(n parse.Node, at scope) error {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for _, child := range n.Nodes {
			if err := checkNode(child, at); err != nil {
				return err
			}
		}
	case *parse.ActionNode:
		return checkPipe(n.Pipe, at)
	case *parse.IfNode:
		return checkBranch(&n.BranchNode, at, at)
	case *parse.WithNode:
		return checkBranch(&n.BranchNode, at, scope{inRange: at.inRange, rebound: true})
	case *parse.RangeNode:
		if at.inRange || !overLabels(n.Pipe) {
			return errors.New("range goes over .Labels, and not inside another range")
		}
		return checkBranch(&n.BranchNode, at, scope{inRange: true, rebound: true})
	case *parse.TemplateNode:
		return errors.New("template is not available in annotations")
	}
	return nil
}

// checkBranch checks a node whose list stands in the scope inside.
func checkBranch(n *parse.BranchNode, at, inside scope) error {
	return errors.Join(checkPipe(n.Pipe, at), checkNode(n.List, inside), checkNode(n.ElseList, at))
}

func checkPipe(pipe *parse.PipeNode, at scope) error {
	for _, command := range pipe.Cmds {
		for _, arg := range command.Args {
			if err := checkArg(arg, command, at); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkArg(arg parse.Node, command *parse.CommandNode, at scope) error {
	switch arg := arg.(type) {
	case *parse.PipeNode:
		return checkPipe(arg, at)
	case *parse.ChainNode:
		return checkArg(arg.Node, command, at)
	case *parse.FieldNode:
		if !at.rebound {
			return checkRoot(arg.Ident[0])
		}
	case *parse.VariableNode:
		if arg.Ident[0] == "$" && len(arg.Ident) > 1 {
			return checkRoot(arg.Ident[1])
		}
	case *parse.IdentifierNode:
		if !slices.Contains(functions, arg.Ident) {
			return fmt.Errorf("function %q is not available in annotations: there are %s", arg.Ident, strings.Join(functions, ", "))
		}
		if arg.Ident == "printf" {
			return checkFormat(command)
		}
	}
	return nil
}

// checkRoot refuses a field that TemplateData does not have: the template would fail always.
func checkRoot(field string) error {
	if field == "Labels" || field == "Value" || field == "Signal" {
		return nil
	}
	return fmt.Errorf("there is no .%s in annotations: there are .Labels, .Value and .Signal (a label is .Labels.%s)", field, field)
}

// tooWide finds widths and precisions that would print a page of blanks, and those taken from operands.
var tooWide = regexp.MustCompile(`[0-9]{3}|\*`)

func checkFormat(command *parse.CommandNode) error {
	if len(command.Args) < 2 {
		return errors.New("printf wants its format written out: printf \"%.1f\" .Value")
	}
	format, ok := command.Args[1].(*parse.StringNode)
	if !ok {
		return errors.New("printf wants its format written out: printf \"%.1f\" .Value")
	}
	if tooWide.MatchString(format.Text) {
		return fmt.Errorf("printf format %q: widths have at most two digits", format.Text)
	}
	return nil
}

// overLabels reports whether pipe is .Labels or $.Labels and nothing else.
func overLabels(pipe *parse.PipeNode) bool {
	if len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return false
	}
	switch arg := pipe.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		return slices.Equal(arg.Ident, []string{"Labels"})
	case *parse.VariableNode:
		return slices.Equal(arg.Ident, []string{"$", "Labels"})
	}
	return false
}

// boundedPrintf is fmt.Sprintf whose result is at most as long as a whole annotation: without that a
// few lines that print a variable twice into itself fill the memory.
func boundedPrintf(format string, args ...any) string {
	text := fmt.Sprintf(format, args...)
	return text[:min(len(text), maxRenderedBytes)]
}

// errTextFull stops the rendering of a text that has reached its bound.
var errTextFull = errors.New("the text is full")

// A cappedText takes maxRenderedBytes and then fails.
type cappedText struct{ strings.Builder }

func (c *cappedText) Write(p []byte) (int, error) {
	if room := maxRenderedBytes - c.Len(); len(p) > room {
		n, _ := c.Builder.Write(p[:room])
		return n, errTextFull
	}
	return c.Builder.Write(p)
}
