package alert

import (
	"math"

	"github.com/telamon-tsdb/telamon/query"
)

// A reached is the newest value of a group that is known. A line that is missing, or has no value, leaves it as it was,
// so that the end of an alert tells what it had come to.
type reached struct {
	value, signal Number // of the left side of the outermost comparison, and of the line
	step          int64  // of both; 0 if there never was a value, or an older program logged it
}

// nothing is reached by a group that never had a value.
var nothing = reached{value: noNumber, signal: noNumber}

// isThere reports whether there ever was a value.
func (r reached) isThere() bool { return !math.IsNaN(float64(r.value)) }

// moved returns what is reached after a step at which the group had that line; nil is none.
func (r reached) moved(line *query.StepLine, reading Reading, step int64) reached {
	if line == nil || reading == Unknown || math.IsNaN(line.Value) {
		return r
	}
	return reached{Number(line.Value), Number(line.Signal), step}
}

// A Resolution says why an alert was resolved.
type Resolution string

// The resolutions.
const (
	// Recovered: there was a value, and it was not true.
	Recovered Resolution = "recovered"
	// NoData: there was no line any more, or no value in it.
	NoData Resolution = "no_data"
	// RuleChanged: the rule has another expression or other labels, and is another rule now.
	RuleChanged Resolution = "rule_changed"
	// RuleRemoved: the rule is not in the rules file any more.
	RuleRemoved Resolution = "rule_removed"
)
