package eval

import (
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// A Plan is what has to be computed for a list of expressions: every distinct node once, operands before
// their users. A Plan is not changed by running it and may be run by several at a time.
type Plan struct {
	nodes []node
	roots []int // the node of each expression
	// memory is what stateful words remember between runs; nil but in a Session.
	memory *memory
}

// A node is one computation. Expressions that are equal share it, so that :dup,:add ten times is eleven
// nodes and not a thousand.
type node struct {
	expr   expr.Expr
	inputs []int
	users  int // nodes and roots that read the result
	// leftOnly replaces the operator of a Binary: the result is the left value of each joined pair.
	leftOnly bool
	// mostLines bounds the lines that it may yield; 0 is no bound.
	mostLines int
}

// NewPlan returns the plan for exprs.
func NewPlan(exprs []expr.Expr) *Plan {
	b := newBuilder()
	for _, e := range exprs {
		b.plan.root(b.add(e))
	}
	return b.plan
}

// NewSignalPlan returns a plan with two results for each of exprs: its lines, and for each of them the
// left side of the outermost comparison. Where the outermost word is no comparison both are the same.
func NewSignalPlan(exprs []expr.Expr) *Plan {
	b := newBuilder()
	for _, e := range exprs {
		id := b.add(e)
		b.plan.root(id)
		if signal := b.plan.nodes[id]; isComparison(signal.expr) {
			id = b.node(node{expr: signal.expr, inputs: signal.inputs, leftOnly: true})
		}
		b.plan.root(id)
	}
	return b.plan
}

func isComparison(e expr.Expr) bool {
	b, ok := e.(*expr.Binary)
	if !ok {
		return false
	}
	switch b.Op {
	case expr.GreaterThan, expr.GreaterOrEqual, expr.LessThan, expr.LessOrEqual:
		return true
	}
	return false
}

func (p *Plan) root(id int) {
	p.nodes[id].users++
	p.roots = append(p.roots, id)
}

// A builder numbers nodes: first by identity, which keeps shared subtrees linear, then by what they compute.
type builder struct {
	plan  *Plan
	known map[expr.Expr]int
	equal map[nodeKey]int
}

func newBuilder() *builder {
	return &builder{&Plan{}, map[expr.Expr]int{}, map[nodeKey]int{}}
}

// A nodeKey is equal for nodes that compute the same from the same.
type nodeKey struct {
	settings    any // of the node, by value and without its inputs; comparable
	left, right int // inputs, -1 where there is none
}

func (b *builder) add(e expr.Expr) int {
	if id, ok := b.known[e]; ok {
		return id
	}
	if r, ok := e.(*expr.Rewrite); ok { // what it stands for is all that is computed
		id := b.add(r.Eval)
		b.known[e] = id
		return id
	}
	operands := e.Inputs()
	if r, ok := e.(*expr.Regroup); ok { // it combines the lines that its Collapse would
		operands = r.Collapse.Inputs()
	}
	var inputs []int
	for _, operand := range operands {
		inputs = append(inputs, b.add(operand))
	}
	id := b.node(node{expr: e, inputs: inputs})
	b.known[e] = id
	return id
}

// node returns the number of n or of an equal one.
func (b *builder) node(n node) int {
	key := nodeKey{settings: settingsOf(n.expr), left: -1, right: -1}
	if n.leftOnly {
		key.settings = leftOnlyKey{}
	}
	if len(n.inputs) > 0 {
		key.left = n.inputs[0]
	}
	if len(n.inputs) > 1 {
		key.right = n.inputs[1]
	}
	if id, ok := b.equal[key]; ok {
		return id
	}
	for _, input := range n.inputs {
		b.plan.nodes[input].users++
	}
	id := len(b.plan.nodes)
	b.plan.nodes = append(b.plan.nodes, n)
	b.equal[key] = id
	return id
}

type (
	dataKey     struct{ text string }
	binaryKey   struct{ op expr.BinaryOp }
	leftOnlyKey struct{}
	regroupKey  struct {
		aggregate tsdb.Aggregate
		keys      string
	}
	renameKey      struct{ from, to string }
	percentilesKey struct{ text string }
	distinctKey    struct{}
)

// settingsOf returns everything that a node's result depends on besides its inputs.
func settingsOf(e expr.Expr) any {
	switch e := e.(type) {
	case *expr.Data:
		return dataKey{e.String()}
	case *expr.Constant:
		return *e
	case *expr.Generated:
		return *e
	case *expr.StatOf:
		return *e
	case *expr.Binary:
		return binaryKey{e.Op}
	case *expr.Regroup:
		return regroupKey{e.Collapse.Aggregate, strings.Join(e.Keys, "\x00")}
	case *expr.Rename:
		return renameKey{e.From, e.To}
	case *expr.Percentiles:
		return percentilesKey{e.String()}
	case *expr.ApproxDistinct:
		return distinctKey{}
	case *expr.Unary:
		bare := *e
		bare.Input = nil
		return bare
	case *expr.Collapse:
		return expr.Collapse{Aggregate: e.Aggregate}
	case *expr.Stateful:
		bare := *e
		bare.Input = nil
		return bare
	case *expr.Consolidate:
		return expr.Consolidate{Function: e.Function, Step: e.Step}
	case *expr.Stat:
		return expr.Stat{Name: e.Name}
	case *expr.Filter:
		return expr.Filter{}
	case *expr.Rank:
		bare := *e
		bare.Input = nil
		return bare
	}
	panic("eval: a node of unknown type")
}
