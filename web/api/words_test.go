package api

import "testing"

// Every example either draws, or shows what it leaves on the stack.
func TestWordExamples(t *testing.T) {
	examples, stacks := 0, 0
	for _, w := range allWordEntries() {
		for _, example := range w.Examples {
			examples++
			left, shown := w.Stacks[example]
			if shown {
				stacks++
			}
			if isDrawable(example) == shown {
				t.Errorf("%s: drawable %v, has a stack %v: %v", example, isDrawable(example), shown, left)
			}
		}
	}
	if examples < 280 || stacks < 30 || stacks > examples/4 {
		t.Errorf("%d examples, %d of them with a stack: most are there to be drawn", examples, stacks)
	}
}
