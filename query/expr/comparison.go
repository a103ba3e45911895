package expr

// Comparison returns the two sides of the first comparison (:gt, :ge, :lt, :le) that decides whether e is true:
// e itself, or what stands below words that join or carry truths: :and, :or, a difference from a constant as
// "not" is written, :neg, :abs, and words that look at lines over time or at several lines. ok is false if there
// is none, or if e is too large to be looked through.
func Comparison(e Expr) (left, right Expr, ok bool) {
	if tooLarge(e) {
		return nil, nil, false
	}
	return comparison(e)
}

func comparison(e Expr) (left, right Expr, ok bool) {
	switch e := e.(type) {
	case *Rewrite:
		return comparison(e.Eval)
	case *Binary:
		return binaryComparison(e)
	case *Unary:
		if e.Op == Neg || e.Op == Abs {
			return comparison(e.Input)
		}
	case *Filter:
		return comparison(e.Left)
	case *Regroup:
		return comparison(e.Collapse.Input)
	case *Rename, *Collapse, *Stateful, *Consolidate, *Stat, *Rank:
		return comparison(e.Inputs()[0])
	}
	return nil, nil, false
}

func binaryComparison(b *Binary) (left, right Expr, ok bool) {
	switch b.Op {
	case GreaterThan, GreaterOrEqual, LessThan, LessOrEqual:
		return b.Left, b.Right, true
	case And, Or:
		if left, right, ok = comparison(b.Left); ok {
			return left, right, ok
		}
		return comparison(b.Right)
	case Sub, FloatSub:
		if _, constant := b.Left.(*Constant); constant {
			return comparison(b.Right)
		}
	}
	return nil, nil, false
}
