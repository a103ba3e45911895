package inspect

import "github.com/telamon-tsdb/telamon/query/stack"

// Leaves returns what a program leaves on the stack, the top last. The error is a *stack.Error.
func Leaves(program string, v *stack.Vocabulary) ([]StackValue, error) {
	values, err := v.Execute(program, stack.Options{})
	if err != nil {
		return nil, err
	}
	return stackValues(values), nil
}
