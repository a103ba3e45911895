package stack

import (
	"iter"
	"strings"
)

// Nearest returns the word that name was probably meant to be, or "": of equally near ones the first in the vocabulary.
func (v *Vocabulary) Nearest(name string) string {
	return NearestOf(name, func(yield func(string) bool) {
		for _, w := range v.words {
			if !yield(w.Name) {
				return
			}
		}
	})
}

// Slips of the hand cost less than other letters: who writes :gtt meant :gt and not :get. The units are arbitrary.
const (
	otherLetter = 4 // a letter more, less or other
	swapped     = 3 // two letters in the wrong order
	lastLetter  = 3 // a letter more at the end
	doubled     = 2 // a letter twice that is there once, or the other way round
	otherSign   = 2 // "_" or "." for "-"
	unfinished  = 4 // the first letters of a longer word, three or more
)

// maxNearLength bounds the texts that are compared, in bytes.
const maxNearLength = 120

// NearestOf returns the candidate that name was probably meant to be, or "". It is the one with the cheapest slips; of
// several the one that begins in the same way for longer, then the shortest, then the first. Capitals do not count. More
// than one other letter in three is no near miss, nor is a text of one letter.
func NearestOf(name string, candidates iter.Seq[string]) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) < 2 || len(name) > maxNearLength {
		return ""
	}
	best := nearMiss{cost: max(1, len(name)/3)*otherLetter + 1}
	if len(name) >= 3 {
		best.cost = max(best.cost, unfinished+1)
	}
	var d distance
	for text := range candidates {
		if len(text) > maxNearLength {
			continue
		}
		if one := d.miss(name, text, best.cost); one.isNearer(best) {
			best = one
		}
	}
	return best.text
}

// A nearMiss is a candidate and how far it is.
type nearMiss struct {
	text         string
	cost, prefix int // prefix is the number of first letters that agree
}

func (m nearMiss) isNearer(o nearMiss) bool {
	switch {
	case m.cost != o.cost:
		return m.cost < o.cost
	case o.text == "":
		return false
	case m.prefix != o.prefix:
		return m.prefix > o.prefix
	}
	return len(m.text) < len(o.text)
}

// A distance compares texts. It keeps its rows for the next pair.
type distance struct{ before, above, row []int }

// miss returns how far text is from name, which is in small letters. What costs more than atMost may be reported as more
// than it is.
func (d *distance) miss(name, text string, atMost int) nearMiss {
	m := nearMiss{text: text, cost: atMost + 1}
	lower := strings.ToLower(text)
	for m.prefix < min(len(name), len(lower)) && name[m.prefix] == lower[m.prefix] {
		m.prefix++
	}
	if m.prefix == len(name) && len(name) >= 3 {
		m.cost = unfinished
	}
	if longer := len(name) - len(lower); max(longer, -longer)*doubled <= atMost {
		m.cost = min(m.cost, d.of(name, lower))
	}
	return m
}

// of adds up the cheapest slips from a to b, bytewise. Each letter takes part in one of them (optimal string alignment).
func (d *distance) of(a, b string) int {
	if len(d.row) <= len(b) {
		d.before, d.above, d.row = make([]int, maxNearLength+1), make([]int, maxNearLength+1), make([]int, maxNearLength+1)
	}
	before, above, row := d.before, d.above, d.row
	above[0] = 0
	for j := range len(b) {
		above[j+1] = above[j] + missing(b, j)
	}
	for i := range len(a) {
		spare := missing(a, i)
		if i == len(a)-1 {
			spare = min(spare, lastLetter)
		}
		row[0] = above[0] + spare
		for j := range len(b) {
			row[j+1] = min(above[j]+different(a[i], b[j]), above[j+1]+spare, row[j]+missing(b, j))
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] && a[i] != b[j] {
				row[j+1] = min(row[j+1], before[j-1]+swapped)
			}
		}
		before, above, row = above, row, before
	}
	d.before, d.above, d.row = before, above, row
	return above[len(b)]
}

// missing returns what it costs that the other text lacks s[i].
func missing(s string, i int) int {
	if i > 0 && s[i-1] == s[i] {
		return doubled
	}
	return otherLetter
}

func different(a, b byte) int {
	switch {
	case a == b:
		return 0
	case isSign(a) && isSign(b):
		return otherSign
	}
	return otherLetter
}

func isSign(c byte) bool { return c == '-' || c == '_' || c == '.' }
