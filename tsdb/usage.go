package tsdb

import (
	"fmt"
	"math/bits"
	"sync/atomic"

	"github.com/telamon-tsdb/telamon/tsdb/vector"
)

// A BudgetError reports a query that takes more than it allows itself.
type BudgetError struct {
	// What is the bound: "lines", "series" or "bytes", for Query.MaxColumns, MaxSeries and MaxBytes.
	What string
	// Used is how many there were when the query ended, more than Limit; nobody counted further.
	Used  int
	Limit int
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("too many %s: %d > %d", e.What, e.Used, e.Limit)
}

// A usage counts what a query takes of MaxSeries and MaxBytes, before it takes it. Its workers share it.
type usage struct {
	query         *Query
	series, bytes atomic.Int64
}

func (u *usage) addSeries(n int) error {
	if total := int(u.series.Add(int64(n))); u.query.MaxSeries > 0 && total > u.query.MaxSeries {
		return &BudgetError{"series", total, u.query.MaxSeries}
	}
	return nil
}

func (u *usage) addBytes(n int) error {
	if total := int(u.bytes.Add(int64(n))); u.query.MaxBytes > 0 && total > u.query.MaxBytes {
		return &BudgetError{"bytes", total, u.query.MaxBytes}
	}
	return nil
}

// checkColumns reports more columns than the query allows.
func (u *usage) checkColumns(columns int) error {
	if most := u.query.MaxColumns; most > 0 && columns > most {
		return &BudgetError{"lines", columns, most}
	}
	return nil
}

// emptyColumns is how many times as many columns as a query allows a lane may begin. Most of them will be in the
// answer, but some are of series that have values in the windows that are read and none in the range.
const emptyColumns = 4

// checkBegun reports that so many columns have been begun that the answer will have more than the query allows. The error
// names the least number that is too many.
func (u *usage) checkBegun(columns int) error {
	if u.checkColumns(columns/emptyColumns) == nil {
		return nil
	}
	return u.checkColumns(u.query.MaxColumns + 1)
}

// bytesPerColumn stands for what a column costs besides its values: the structure, its key, and where they are listed.
const bytesPerColumn = 400

// columnBytes returns what a column for q takes; l is its plan.
func (q *Query) columnBytes(l *rangePlan) int {
	size := bytesPerColumn + 8*(l.slots/l.ratio)*bits.OnesCount8(uint8(q.Aggregates))
	if q.hasMask(l.ratio) {
		size += 8 * maskWords(l.slots)
	}
	return size
}

// partialBytes returns what a partial for q takes at most.
func (q *Query) partialBytes(l *rangePlan) int {
	return q.columnBytes(l) + l.runs()*(1+l.unitsPerRun())*tallyBytes
}

// newColumn returns a column for q without series, values and tags.
func (q *Query) newColumn(l *rangePlan) *Column {
	c := &Column{SubSteps: l.ratio}
	for i, values := range c.slices() {
		if q.Aggregates&(1<<i) != 0 {
			*values = make([]float64, l.slots/l.ratio)
			vector.FillNaN(*values)
		}
	}
	if q.hasMask(l.ratio) {
		c.Present = make([]uint64, maskWords(l.slots))
	}
	return c
}

// hasMask reports whether the columns that answer q have Present.
func (q *Query) hasMask(ratio int) bool { return ratio > 1 && q.Consolidation == Average }

// maskWords returns the length of Column.Present for so many primary steps.
func maskWords(slots int) int { return (slots + 63) / 64 }
