package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A change rewrites trees. Each node is offered to it once, from the top; below a node that it replaces
// nothing is offered. Trees are rebuilt, never altered.
type change struct {
	// expr returns what to put for e, or nil to go on below it. A nil expr goes on everywhere.
	expr func(e Expr) (Expr, error)
	// query returns what to put for the whole predicate of a read. A nil query leaves them.
	query func(p tag.Predicate) (tag.Predicate, error)

	// machine is who pays for the work; nil if nobody does.
	machine *stack.Machine

	// done has what became of the nodes that may be shared, so that each is rewritten once.
	done map[Expr]Expr
}

// node returns any node rewritten.
func (c *change) node(n Node) (Node, error) {
	switch n := n.(type) {
	case Query:
		if c.query == nil {
			return n, nil
		}
		p, err := c.query(n.Predicate)
		return Query{p}, err
	case *Styled:
		e, err := c.apply(n.Expr)
		return &Styled{e, n.Settings}, err
	case *Event:
		if c.query == nil {
			return n, nil
		}
		p, err := c.query(n.Query)
		changed := *n
		changed.Query = p
		return &changed, err
	case Expr:
		return c.apply(n)
	}
	panic("expr: a node of unknown type")
}

// spend counts work.
func (c *change) spend(steps int) error {
	if c.machine == nil {
		return nil
	}
	return c.machine.Spend(steps)
}

// apply returns e rewritten.
func (c *change) apply(e Expr) (Expr, error) {
	if err := c.spend(1); err != nil {
		return nil, err
	}
	if c.expr != nil {
		if changed, err := c.expr(e); changed != nil || err != nil {
			return changed, err
		}
	}
	switch e.(type) {
	case *Binary, *Filter, *Rewrite:
	default:
		return c.rebuild(e)
	}
	if done, ok := c.done[e]; ok {
		return done, nil
	}
	changed, err := c.rebuild(e)
	if err != nil {
		return nil, err
	}
	if c.done == nil {
		c.done = map[Expr]Expr{}
	}
	c.done[e] = changed
	return changed, nil
}

// rebuild returns e with everything below it rewritten. It is one case per node type.
func (c *change) rebuild(e Expr) (Expr, error) {
	switch e := e.(type) {
	case *Data:
		return c.rebuildData(e)
	case *Constant, *Generated, *StatOf:
		return e, nil
	case *Rewrite:
		return c.rewrite(e)
	case *Binary:
		left, right, err := c.pair(e.Left, e.Right)
		if err != nil {
			return nil, err
		}
		return newBinary(e.Op, left, right)
	case *Filter:
		left, right, err := c.pair(e.Left, e.Right)
		if err != nil {
			return nil, err
		}
		return newFilter(left, right)
	case *Percentiles:
		return c.rebuildPercentiles(e)
	case *Regroup:
		input, err := c.apply(e.Collapse)
		if err != nil {
			return nil, err
		}
		collapse, ok := input.(*Collapse)
		if !ok {
			return nil, stack.Invalid("argument type mismatch")
		}
		return newRegroup(collapse, e.Keys)
	}
	return c.rebuildSingle(e)
}

// rebuildSingle is rebuild for the nodes with one input.
func (c *change) rebuildSingle(e Expr) (Expr, error) {
	input := e.Inputs()[0]
	if distinct, ok := e.(*ApproxDistinct); ok {
		input = distinct.Input
	}
	input, err := c.apply(input)
	if err != nil {
		return nil, err
	}
	switch e := e.(type) {
	case *Unary:
		changed := *e
		changed.Input = input
		return &changed, nil
	case *Collapse:
		return &Collapse{e.Aggregate, input}, nil
	case *Rename:
		return newRename(input, e.From, e.To), nil
	case *ApproxDistinct:
		return newApproxDistinct(input)
	case *Stateful:
		changed := *e
		changed.Input = input
		return &changed, nil
	case *Consolidate:
		return &Consolidate{input, e.Function, e.Step}, nil
	case *Stat:
		return &Stat{input, e.Name, e.Short}, nil
	case *Rank:
		changed := *e
		changed.Input = input
		return &changed, nil
	}
	panic("expr: a node of unknown type")
}

func (c *change) pair(left, right Expr) (Expr, Expr, error) {
	left, err := c.apply(left)
	if err != nil {
		return nil, nil, err
	}
	right, err = c.apply(right)
	return left, right, err
}

func (c *change) rebuildData(d *Data) (Expr, error) {
	if c.query == nil {
		return d, nil
	}
	p, err := c.query(d.Query)
	if err != nil {
		return nil, err
	}
	changed := *d
	changed.Query = p
	return &changed, nil
}

func (c *change) rebuildPercentiles(p *Percentiles) (Expr, error) {
	input, err := c.apply(p.Buckets)
	if err != nil {
		return nil, err
	}
	buckets, ok := input.(*Data)
	if !ok || !buckets.Grouped {
		return nil, stack.Invalid("argument type mismatch")
	}
	return newPercentiles(buckets, p.Values)
}

// withOffset returns e with every read in it shifted by exactly offset. What a rewrite shows stays.
func withOffset(e Expr, offset Duration) Expr {
	shifted, err := shift(offset, nil).apply(e)
	if err != nil {
		panic("expr: an offset changes nothing that an expression checks: " + err.Error())
	}
	return shifted
}

// shift is the change that withOffset makes, at the expense of m.
func shift(offset Duration, m *stack.Machine) *change {
	c := &change{machine: m}
	c.expr = func(e Expr) (Expr, error) {
		switch e := e.(type) {
		case *Data:
			shifted := *e
			shifted.Offset = offset
			return &shifted, nil
		case *Rewrite:
			eval, err := c.apply(e.Eval)
			if err != nil {
				return nil, err
			}
			shifted := *e
			shifted.Eval = eval
			return &shifted, nil
		}
		return nil, nil
	}
	return c
}
