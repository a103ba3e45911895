package stack

import "strings"

// Nearest returns the word that name was probably meant to be, or "": the one with the fewest edits
// (a letter more, less, other, or two swapped), the first in the vocabulary among equals. More than one
// edit in three letters is no near miss, nor is a word of one letter.
func (v *Vocabulary) Nearest(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) < 2 || len(name) > 40 {
		return ""
	}
	best, bestEdits := "", max(1, len(name)/3)+1
	for _, w := range v.words {
		if longer := len(name) - len(w.Name); max(longer, -longer) >= bestEdits {
			continue // as many edits at least
		}
		if edits := editDistance(name, w.Name); edits < bestEdits {
			best, bestEdits = w.Name, edits
		}
	}
	return best
}

// editDistance counts the edits between two short strings, bytewise. Each letter takes part in one edit
// at most (optimal string alignment).
func editDistance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j]+cost, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
