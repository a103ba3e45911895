package stack

import "slices"

// A Step is the state of a machine between two tokens of a program.
type Step struct {
	// Remaining are the tokens still to come.
	Remaining []Token
	// Stack is what words can reach, bottom first; after the last token with what was frozen below.
	Stack []Value
	// Variables must not be changed.
	Variables map[string]Value
}

// maxTrace bounds the values in all steps of a trace.
const maxTrace = 1 << 20

// Trace runs a program and returns its steps, the state before the first token included. Programs inside
// it may be one level deeper than under Execute. The error is an *Error.
func (v *Vocabulary) Trace(program string, options Options) ([]Step, error) {
	tokens, err := Tokens(program)
	if err != nil {
		return nil, err
	}
	if len(tokens) > maxTrace/16 {
		return nil, Errorf(IllegalState, "the program has more than %d tokens", maxTrace/16).At(0, len(program))
	}
	m := v.NewMachine(options)
	steps := []Step{{Remaining: tokens, Variables: m.variables}}
	kept := 0
	for at := 0; at < len(tokens); {
		token := tokens[at]
		failure := m.checkLimits()
		if failure == nil {
			at++
			failure = m.step(token.Text, func() (Value, bool) {
				if at == len(tokens) {
					return nil, false
				}
				at++
				return Text(tokens[at-1].Text), true
			})
		}
		if kept += len(m.stack) + len(m.variables); failure == nil && kept > maxTrace {
			failure = Errorf(IllegalState, "the trace of the program has more than %d values", maxTrace)
		}
		if failure != nil {
			return nil, failure.At(token.Offset, token.Length)
		}
		m.ownsMap = false // the step shows it
		steps = append(steps, Step{tokens[at:], slices.Clone(m.stack), m.variables})
	}
	m.Thaw()
	steps[len(steps)-1].Stack = m.stack
	return steps, nil
}
