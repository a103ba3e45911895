package stack

// Distance counts the edits that make one short text of another: a letter more, less, other, or two swapped.
func Distance(a, b string) int { return editDistance(a, b) }
