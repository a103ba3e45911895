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
		return r.appendGrouping(appendShift(dst, offset))
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

// rewrite applies c to the operand that r shows and builds r anew from the text of that: what the word
// makes of the new operand is what it would have made of it in the first place.
func (c *change) rewrite(r *Rewrite) (Expr, error) {
	shown, err := c.node(r.Shown)
	if err != nil {
		return nil, err
	}
	if tooLarge(shown) {
		return nil, stack.Invalid("the operand of :%s is too large to be rewritten", r.Name)
	}
	tokens, err := stack.Tokens(string(r.appendShowing(nil, shown)))
	if err != nil {
		return nil, stack.Errorf(stack.IllegalState, "unclosed comment")
	}
	program := make(stack.List, len(tokens))
	for i, t := range tokens {
		program[i] = stack.Text(t.Text)
	}
	// As a list the program has no place of its own, so that a mistake in it is placed at the word that asked for the change.
	m := r.vocabulary.NewMachine(stack.Options{Unstable: true})
	if err := m.RunList(program); err != nil {
		return nil, err
	}
	if err := c.spend(4 * m.Steps()); err != nil {
		return nil, err
	}
	values := m.Result()
	if len(values) == 1 {
		if again, ok := values[0].(*Rewrite); ok {
			return again, nil
		}
	}
	return nil, stack.Errorf(stack.IllegalState, "invalid stack for :%s", r.Name)
}

// groupBy groups the reads of r, and what it collapses, by keys. An offset stays.
func (r *Rewrite) groupBy(m *stack.Machine, keys []string) (Expr, error) {
	grouping := &change{machine: m, expr: func(e Expr) (Expr, error) {
		switch e := e.(type) {
		case *Data:
			return groupData(e, keys)
		case *Collapse:
			return newRegroup(e, keys)
		}
		return nil, nil
	}}
	changed := *r
	if shown, ok := r.Shown.(Expr); ok && !shown.IsGrouped() {
		grouped, err := grouping.apply(shown)
		if err != nil {
			return nil, err
		}
		changed.Shown = grouped
	}
	var err error
	if r.average != nil {
		changed.Eval, err = r.average.grouped(r.Shown, keys)
	} else {
		changed.Eval, err = grouping.apply(r.Eval)
	}
	if err != nil {
		return nil, err
	}
	changed.Eval = withOffset(changed.Eval, commonOffset(r.Eval))
	return &changed, nil
}

// groupData groups a read that is not grouped yet; All stays.
func groupData(d *Data, keys []string) (Expr, error) {
	if d.All {
		return d, nil
	}
	if d.Grouped {
		return nil, stack.Invalid("argument type mismatch")
	}
	grouped := *d
	grouped.Grouped, grouped.Keys = true, keys
	return &grouped, nil
}
