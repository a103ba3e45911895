package eval

import (
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// A NodeReport tells what one step of a plan did, for people who ask why a graph is slow.
type NodeReport struct {
	// Node is the position in the plan; Inputs are the positions of the operands.
	Node   int
	Inputs []int
	// What is the canonical text of reads and constants, and the type name of everything else: "Add".
	What string
	// Read numbers the Select that answered a read, from 0; -1 for everything else. Of the nodes that share
	// one, the first bears Series, Samples and Time of it.
	Read int
	// Series and Samples went into a read, as tsdb.Column counts them. Lines and Points came out of the node.
	Series, Samples, Lines, Points int
	Time                           time.Duration
	Notice                         string // a remark for people: "3 of 5 lines matched filter"
	Warns                          bool   // Notice says that something was left out, or not taken as it was asked for
}

// report notes what node id has done.
func (r *run) report(id int, took time.Duration) {
	n := &r.plan.nodes[id]
	report := &r.reports[id]
	*report = NodeReport{Node: id, Inputs: n.inputs, What: n.expr.TypeName(), Read: -1, Time: took}
	switch n.expr.(type) {
	case *expr.Data, *expr.Constant, *expr.Generated:
		report.What = n.expr.String()
	}
	if n.leftOnly {
		report.What = "left side of " + report.What
	}
	report.Lines = len(r.sets[id].lines)
	report.Points = report.Lines * r.rng.Len()
}

// reportRead notes what a read has done for node id.
func (r *run) reportRead(id, number int, one *read, took time.Duration) {
	r.report(id, took)
	report := &r.reports[id]
	report.Read = number
	if id != one.nodes[0] {
		return
	}
	for _, c := range one.columns {
		report.Series += c.Series
		report.Samples += c.Samples
	}
}
