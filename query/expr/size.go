package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// maxTextWords bounds the expressions that are written out as text. A tree with shared subtrees, as
// :dup,:add,:dup,:add makes it, may be small and its text longer than any memory.
const maxTextWords = 1 << 17

// textOf returns the canonical text of n, or a note in its place where that is too long.
func textOf(n Node) string {
	if tooLarge(n) {
		return "<an expression whose text is too long>"
	}
	return string(n.appendText(nil))
}

// Printable reports whether the text of v is of a sane size; String does not return it if it is not.
func Printable(v stack.Value) bool { return !tooLarge(v) }

// TextWithin reports whether the text of v has at most so many words. It takes no longer than counting them.
func TextWithin(v stack.Value, words int) bool {
	c := counter{left: words}
	c.count(v)
	return c.left >= 0
}

func tooLargeError() error {
	return stack.Invalid("the text of the expression would have more than %d words", maxTextWords)
}

// tooLarge reports whether the text of v would have more than maxTextWords words.
func tooLarge(v stack.Value) bool { return !TextWithin(v, maxTextWords) }

// A counter counts the words in the text of a value, as far as there are some left.
type counter struct{ left int }

func (c *counter) count(v stack.Value) {
	if c.left--; c.left < 0 {
		return
	}
	switch v := v.(type) {
	case stack.List:
		for _, one := range v {
			c.count(one)
		}
	case *Styled:
		c.count(v.Expr)
	case *Rewrite:
		c.count(v.Shown)
	case *ApproxDistinct:
		c.count(v.Input)
	case *Binary:
		c.count(v.Left)
		c.count(v.Right)
	case *Filter:
		c.count(v.Left)
		c.count(v.Right)
	case *Stat:
		if !v.Short {
			c.count(v.Input)
		}
	case Expr:
		for _, input := range v.Inputs() {
			c.count(input)
		}
	}
}

// maxQueryWords bounds the conditions, :and, :or and :not of a query. :dup,:and,:dup,:and doubles them with
// every pair of words, and each costs a look-up in every shard; text of 4,096 bytes has room for some 700.
const maxQueryWords = 1 << 11

// checkQuery refuses a query of more than maxQueryWords words.
func checkQuery(p tag.Predicate) error {
	if queryWordsLeft(p, maxQueryWords) < 0 {
		return stack.Invalid("the query would have more than %d conditions", maxQueryWords)
	}
	return nil
}

// queryWordsLeft returns what is left of a number of words after those of p; it looks at no more than that.
func queryWordsLeft(p tag.Predicate, left int) int {
	if left--; left < 0 {
		return left
	}
	switch p := p.(type) {
	case tag.And:
		return queryWordsLeft(p.Right, queryWordsLeft(p.Left, left))
	case tag.Or:
		return queryWordsLeft(p.Right, queryWordsLeft(p.Left, left))
	case tag.Not:
		return queryWordsLeft(p.Inner, left)
	}
	return left
}
