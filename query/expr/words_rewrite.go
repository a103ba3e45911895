package expr

import "github.com/telamon-tsdb/telamon/query/stack"

// acceptsRewrite accepts an operand, what it stands for, and a name. A styled operand may stand for a
// styled expression or a plain one.
func acceptsRewrite(values []stack.Value) bool {
	if len(values) < 3 {
		return false
	}
	values = values[len(values)-3:]
	if _, ok := values[2].(stack.Text); !ok {
		return false
	}
	_, shownStyled := values[0].(*Styled)
	_, evalStyled := values[1].(*Styled)
	switch {
	case evalStyled:
		return shownStyled
	case asExpr(values[1]) == nil:
		return false
	}
	return shownStyled || asExpr(values[0]) != nil
}

// namedRewrite keeps the style of what was written.
func namedRewrite(m *stack.Machine, _ []any) error {
	name, eval, shown := m.Pop().(stack.Text), m.Pop(), m.Pop()
	r := &Rewrite{Name: string(name), Eval: asStyled(eval).Expr, vocabulary: m.Vocabulary()}
	switch shown := shown.(type) {
	case *Styled:
		r.Shown = shown.Expr
		m.Push(&Styled{Expr: r, Settings: shown.Settings})
		return nil
	case Query:
		r.Shown = shown
	default:
		r.Shown = asExpr(shown)
	}
	m.Push(r)
	return nil
}
