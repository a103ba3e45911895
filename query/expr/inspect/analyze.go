package inspect

import (
	"unicode/utf8"

	"fmt"
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// An Analysis is what an editor shows about a program, however much of it is written. Offsets and lengths
// count bytes of UTF-8.
type Analysis struct {
	Tokens      []Token      `json:"tokens"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	Completions Completions  `json:"completions"`
	Hover       *Hover       `json:"hover"` // null where there is nothing to say
}

// The kinds of tokens.
const (
	TextToken    = "text"
	NumberToken  = "number"
	WordToken    = "word"
	UnknownToken = "unknown" // a word that does not exist, or not for what is on the stack
	ListToken    = "list"    // with everything up to the parenthesis that closes it
	InvalidToken = "invalid" // a parenthesis or comment without its other end
)

// A Token is a piece of the program.
type Token struct {
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	Kind   string `json:"kind"`
	// Items are the pieces inside a list.
	Items []Token `json:"items,omitempty"`
	// Stack is what is there after the token, bottom first.
	Stack []StackValue `json:"stack,omitempty"`
}

// A StackValue is a value on the stack, for people.
type StackValue struct {
	Type string `json:"type"`
	Text string `json:"text"` // cut at 100 characters
}

// How bad a diagnostic is.
const (
	Error   = "error"
	Warning = "warning"
	Info    = "info"
)

// A Diagnostic is something about a place in the program that the author should know.
type Diagnostic struct {
	Offset     int      `json:"offset"`
	Length     int      `json:"length"`
	Severity   string   `json:"severity"`
	Message    string   `json:"message"`
	Word       string   `json:"word,omitempty"`
	Types      []string `json:"stack,omitempty"` // on the stack before the word, bottom first
	Candidates []string `json:"candidates,omitempty"`
	Suggestion string   `json:"suggestion,omitempty"` // what to write instead
}

// A Hover is what is known about the token at the cursor.
type Hover struct {
	Offset    int      `json:"offset"`
	Length    int      `json:"length"`
	Word      string   `json:"word"`
	Signature string   `json:"signature"`
	Summary   string   `json:"summary"`
	Examples  []string `json:"examples,omitempty"`
	// Consumed and Produced are what the word takes and leaves here, deepest first.
	Consumed []StackValue `json:"consumed,omitempty"`
	Produced []StackValue `json:"produced,omitempty"`
}

// Analyze looks at a program with the cursor at byte pos. It never fails: what cannot be run is a
// diagnostic. Tags, which may be nil, knows what could be written where keys and values go.
func Analyze(program string, pos int, v *stack.Vocabulary, tags Tags) Analysis {
	pos = max(0, min(pos, len(program)))
	for 0 < pos && pos < len(program) && !utf8.RuneStart(program[pos]) {
		pos-- // a cursor inside a character is in front of it
	}
	visits := v.Explore(program, options)
	a := Analysis{Tokens: []Token{}, Diagnostics: []Diagnostic{}}
	p := stackPrinter{}
	for i, visit := range visits {
		a.Tokens = append(a.Tokens, newToken(visit, &p))
		a.Diagnostics = append(a.Diagnostics, diagnose(visits, i, v)...)
	}
	if len(visits) > 0 {
		a.Diagnostics = append(a.Diagnostics, diagnoseResult(visits[len(visits)-1], visits)...)
	}
	a.Completions = complete(program, pos, v, tags, visits)
	a.Hover = hover(visits, pos)
	return a
}

func newToken(visit stack.Visit, p *stackPrinter) Token {
	t := Token{Offset: visit.Offset, Length: visit.Length, Kind: kindOf(visit), Stack: p.values(visit.Stack)}
	for _, item := range visit.Items {
		t.Items = append(t.Items, Token{Offset: item.Offset, Length: item.Length, Kind: textKind(item.Text)})
	}
	return t
}

func kindOf(visit stack.Visit) string {
	switch {
	case visit.Items != nil || visit.Text == "(" && visit.Mistake == nil:
		return ListToken
	case visit.Text == "(" || visit.Text == ")" || strings.HasPrefix(visit.Text, "/*") || strings.HasPrefix(visit.Text, "*/"):
		return InvalidToken
	case visit.Text[0] != ':':
		return textKind(visit.Text)
	case visit.Word == nil:
		return UnknownToken
	}
	return WordToken
}

func textKind(text string) string {
	if _, ok := stack.ParseDouble(text); ok {
		return NumberToken
	}
	return TextToken
}

// maxShownValues and maxShownRunes bound what is sent of a stack, which is there once for each token.
const (
	maxShownValues = 16
	maxShownRunes  = 100
)

// stackValues returns the upper part of a stack.
func stackValues(values []stack.Value) []StackValue { return new(stackPrinter).values(values) }

// A stackPrinter prints stacks one after the other. Most of a stack is what it was a token before, and is
// not printed again.
type stackPrinter struct {
	before []stack.Value
	shown  []StackValue // of the upper part of before
}

func (p *stackPrinter) values(values []stack.Value) []StackValue {
	from := max(0, len(values)-maxShownValues)
	fromBefore := len(p.before) - len(p.shown)
	shown := make([]StackValue, 0, len(values)-from)
	for i, v := range values[from:] {
		at := from + i
		if at >= fromBefore && at < len(p.before) && stack.Same(v, p.before[at]) {
			shown = append(shown, p.shown[at-fromBefore])
		} else {
			shown = append(shown, StackValue{v.TypeName(), brief(v)})
		}
	}
	p.before, p.shown = values, shown
	return shown
}

// maxBriefWords bounds what is printed of a value in order to show its beginning.
const maxBriefWords = 2000

// brief returns the beginning of the text of v.
func brief(v stack.Value) string {
	if !expr.TextWithin(v, maxBriefWords) {
		return fmt.Sprintf("<more than %d words>", maxBriefWords)
	}
	return shorten(v.String())
}

func shorten(text string) string {
	text = stack.Visible(text)
	count := 0
	for at := range text {
		if count++; count > maxShownRunes {
			return text[:at] + "…"
		}
	}
	return text
}

// diagnose returns what there is to say about a token.
func diagnose(visits []stack.Visit, i int, v *stack.Vocabulary) []Diagnostic {
	visit := visits[i]
	d := Diagnostic{Offset: visit.Offset, Length: visit.Length}
	if visit.Mistake != nil {
		d.Severity, d.Message, d.Word = Error, visit.Mistake.Message, visit.Mistake.Word
		d.Types, d.Candidates, d.Suggestion = visit.Mistake.Types, visit.Mistake.Candidates, visit.Mistake.Suggestion
		d.Offset, d.Length = visit.Mistake.Offset, visit.Mistake.Length
		return append([]Diagnostic{d}, diagnoseOperands(visits, i, v)...)
	}
	if visit.Word != nil && visit.Word.Deprecated != "" {
		d.Severity, d.Word = Warning, visit.Word.Name
		d.Message = fmt.Sprintf(":%s is deprecated: %s", visit.Word.Name, visit.Word.Deprecated)
		return []Diagnostic{d}
	}
	if name, ok := strings.CutPrefix(visit.Text, ";"); ok && v.Lookup(name) != nil {
		d.Severity, d.Suggestion = Warning, ":"+name
		d.Message = fmt.Sprintf("did you mean ':%s'? (semicolon instead of colon)", name)
		return []Diagnostic{d}
	}
	return nil
}

// diagnoseOperands says which operands of a word that does not fit are to blame, where they were written:
// those that the overload with the fewest of them does not take.
func diagnoseOperands(visits []stack.Visit, i int, v *stack.Vocabulary) []Diagnostic {
	if i == 0 || visits[i].Mistake.Candidates == nil || visits[i].Mistake.Word != strings.TrimPrefix(visits[i].Text, ":") {
		return nil
	}
	before := visits[i-1]
	var fewest []Diagnostic
	for _, w := range v.Lookup(visits[i].Mistake.Word) {
		operands := w.Operands()
		base := len(before.Stack) - len(operands)
		if len(operands) == 0 || base < 0 {
			continue
		}
		var wrong []Diagnostic
		for k, t := range operands {
			value := before.Stack[base+k]
			if _, ok := t.Accept(value); ok {
				continue
			}
			origin := visits[before.Origins[base+k]]
			wrong = append(wrong, Diagnostic{Offset: origin.Offset, Length: origin.Length, Severity: Info, Word: w.Name,
				Message: fmt.Sprintf(":%s wants %s here, not the %s %s", w.Name, t.Name, value.TypeName(), brief(value))})
		}
		if fewest == nil || len(wrong) < len(fewest) {
			fewest = wrong
		}
	}
	return fewest
}

// diagnoseResult says what is left on the stack and cannot be shown.
func diagnoseResult(last stack.Visit, visits []stack.Visit) []Diagnostic {
	var found []Diagnostic
	for i, v := range last.Stack {
		if expr.Presentation(v) != nil {
			continue
		}
		origin := visits[last.Origins[i]]
		found = append(found, Diagnostic{Offset: origin.Offset, Length: origin.Length, Severity: Info,
			Message: fmt.Sprintf("left on the stack: expecting time series expr, found %s '%s'", v.TypeName(), brief(v))})
	}
	return found
}

// hover returns what is known about the word at the cursor.
func hover(visits []stack.Visit, pos int) *Hover {
	for i, visit := range visits {
		if visit.Word == nil || pos < visit.Offset || pos > visit.Offset+visit.Length {
			continue
		}
		w := visit.Word
		h := &Hover{Offset: visit.Offset, Length: visit.Length, Word: ":" + w.Name, Signature: w.Signature, Summary: w.Summary}
		for _, example := range w.Examples {
			if !strings.HasPrefix(example, "ERROR:") {
				h.Examples = append(h.Examples, strings.TrimPrefix(example+",:"+w.Name, ","))
			}
		}
		if operands := len(w.Operands()); i > 0 && operands > 0 {
			before := visits[i-1].Stack
			h.Consumed = stackValues(before[len(before)-operands:])
			h.Produced = stackValues(visit.Stack[min(len(before)-operands, len(visit.Stack)):])
		}
		return h
	}
	return nil
}
