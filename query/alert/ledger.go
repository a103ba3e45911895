package alert

import (
	"maps"
	"slices"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Bounds of what is remembered of groups that are not true any more. It is kept so that sequence numbers
// go on by one and the status can show what was recently resolved; it is no history.
const (
	rememberMillis = 24 * 60 * 60 * 1000
	maxRemembered  = 1000
)

// A group is one line of a rule, as long as there is something to remember of it.
type group struct {
	rule     string
	identity string // of the rule that evaluated it last (Rule.identity)
	tags     tag.Tags
	id       string // groupID
	state    State
	// labels and annotations are as in the newest event, or as they would be in the first one.
	labels, annotations map[string]string
	// told are the receivers of the newest firing, who must hear of its end whatever the rule says by then.
	told []string
	// reached has the newest value that is known.
	reached reached
	// reason is why the newest episode ended; "" while there is none that has.
	reason Resolution
	// doubt is the newest row of steps that said nothing; nil if there was none in this life. It is not in the log.
	doubt *Doubt
	// overflow says that it is no line, but stands for all lines of a rule with too many.
	overflow bool
}

// A ledger is the memory of alerting: where every group stands. All of it is the sum of the changes
// that were applied to it, live or from the log, and a change holds absolute states, so that applying one
// twice is the same as once. It is not safe for concurrent use.
type ledger struct {
	step  int64  // newest evaluated step, in milliseconds; 0 before the first
	floor uint64 // no forgotten group had a sequence number above it
	// roster is that of the rules in force, as far as the log knows.
	roster roster
	// groups are kept by rule and then by the canonical bytes of their tags.
	groups map[string]map[string]*group
}

func newLedger() *ledger { return &ledger{groups: map[string]map[string]*group{}} }

// A change is what one closed step, or a reload, did to the ledger: the unit that is logged.
type change struct {
	step    int64
	floor   uint64
	groups  []*group // the new state of each group that changed; a blank state forgets it
	letters []Notification
	// rosters replace the roster, in this order.
	rosters []rosterPart
	// fired and resolved are those of groups that did that now. They are not in the record.
	fired, resolved []*group
}

// apply makes c part of the ledger, which keeps the groups.
func (l *ledger) apply(c *change) {
	l.step = max(l.step, c.step)
	l.floor = max(l.floor, c.floor)
	for _, g := range c.groups {
		l.put(g)
	}
	for _, part := range c.rosters {
		l.roster = l.roster.with(part)
	}
}

func (l *ledger) put(g *group) {
	key := g.key()
	ofRule := l.groups[g.rule]
	switch {
	case !g.state.isBlank():
		if ofRule == nil {
			ofRule = map[string]*group{}
			l.groups[g.rule] = ofRule
		}
		ofRule[key] = g
	case ofRule != nil:
		delete(ofRule, key)
		if len(ofRule) == 0 {
			delete(l.groups, g.rule)
		}
	}
}

// note keeps the newest readings of a rule's groups. They are in no change, because they move with every step.
func (l *ledger) note(o *outcome, step, size int64) {
	byTags := trueFirst(o.lines)
	for key, g := range l.groups[o.rule.Name] {
		if g.overflow && o.evaluated() {
			g.noteOverflow(o, countTrue(byTags), step, size)
			continue
		}
		var line *query.StepLine
		if s, ok := byTags[key]; ok && !o.without[key] {
			line = &s
		}
		reading := o.reading(line)
		g.reached = g.reached.moved(line, reading, step)
		if reading == Unknown {
			g.doubt = g.doubt.then(o.doubt, size)
		}
	}
}

// ids returns the IDs of all groups.
func (l *ledger) ids() map[string]bool {
	known := map[string]bool{}
	for _, ofRule := range l.groups {
		for _, g := range ofRule {
			known[g.id] = true
		}
	}
	return known
}

// all returns every group, by rule and tags.
func (l *ledger) all() []*group {
	var list []*group
	for _, rule := range slices.Sorted(maps.Keys(l.groups)) {
		list = append(list, sortedGroups(l.groups[rule])...)
	}
	return list
}

// sortedGroups returns the groups of one rule by their tags, so that whatever is made from them comes in
// the same order again.
func sortedGroups(groups map[string]*group) []*group {
	list := make([]*group, 0, len(groups))
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		list = append(list, groups[key])
	}
	return list
}

// snapshot returns the change that makes an empty ledger equal to l.
func (l *ledger) snapshot() *change {
	return &change{step: l.step, floor: l.floor, groups: l.all(), rosters: l.roster.parts()}
}
