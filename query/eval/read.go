package eval

import (
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// A read is one Select and the nodes that it answers: they differ by nothing but the aggregate and, where
// the step is the primary one, the consolidation.
type read struct {
	query   tsdb.Query
	nodes   []int
	columns []tsdb.Column
}

// A readKey is equal for data expressions that one Select can answer.
type readKey struct {
	where, by     string
	perSeries     bool
	consolidation tsdb.Consolidation
	start         int64
}

// readAll asks the store for everything the plan needs and turns the answers into lines.
func (r *run) readAll() error {
	for number, one := range r.source.plan(r.plan.nodes) {
		begin := time.Now()
		if err := r.source.selectColumns(one); err != nil {
			return err
		}
		took := time.Since(begin)
		used := tsdb.Aggregate(0)
		for _, id := range one.nodes {
			d := r.plan.nodes[id].expr.(*expr.Data)
			set, err := r.source.dataLines(d, one.columns)
			if err != nil {
				return err
			}
			if err := r.plan.nodes[id].checkLines(len(set.lines)); err != nil {
				return err
			}
			r.sets[id] = set
			if used&aggregateOf(d) != 0 { // another node has the same values
				shareAll(r.sets, one.nodes)
			}
			used |= aggregateOf(d)
			r.reportRead(id, number, one, took)
			took = 0 // the nodes that share the read got it for nothing
		}
	}
	return nil
}

// shareAll marks the sets of nodes that have the same values.
func shareAll(sets []lineSet, nodes []int) {
	for _, id := range nodes {
		sets[id].shared = true
	}
}
