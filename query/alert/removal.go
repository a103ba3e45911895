package alert

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
)

// A RemovalError refuses a load that would end alerts because most rules are not in the file any more.
type RemovalError struct {
	Gone   []string // names of the rules that are not in the file
	Before int      // rules in force
	Firing int      // alerts
}

// Error names the rules, at most ten of them, and the way out.
func (e *RemovalError) Error() string {
	return fmt.Sprintf("the file does not have %d of the %d rules in force (%s) while %d alerts fire: "+
		"mend it, or write allow_removal: true at its top if that is meant", len(e.Gone), e.Before, someOf(e.Gone), e.Firing)
}

// current are the rules in force, and what became of newer ones.
type current struct {
	rules   *Rules
	loaded  bool  // SetRules has put them in force in this life
	refused error // why the newest load is not in force; nil after a good one
}

// roster returns the rules in force before a load. At a start it is what the log says; a log from before rosters
// were kept knows of the rules that have alerts which fire.
func (c *current) roster(l *ledger) roster {
	switch {
	case c.loaded:
		return rosterOf(c.rules)
	case l.roster != nil:
		return l.roster
	}
	r := roster{}
	for _, g := range l.all() {
		if g.state.Phase == Firing {
			r[g.rule] = g.identity
		}
	}
	return r
}

// held returns the names of rules that are not in force and have alerts that fire, in order. Only SetRules
// leaves such, so that this is all there is to remember of a held alert.
func (c *current) held(l *ledger) []string {
	names := []string{}
	if !c.loaded {
		return names
	}
	named := c.rules.byName()
	for _, rule := range slices.Sorted(maps.Keys(l.groups)) {
		if named[rule] == nil {
			names = append(names, rule)
		}
	}
	return names
}

// A holding decides which alerts a load leaves as they are although their rules are not in it. The zero value
// is none.
type holding struct {
	before roster // in force before the load
	all    bool   // of the rules that are gone with this load
	rules  *Rules
}

// keeps reports whether g, whose rule is not in the file, goes on as it is. One that was held before the load
// is held on: that its rule was not in force does not make the removal meant.
func (h *holding) keeps(g *group) bool {
	if g.state.Phase != Firing || h.rules.AllowRemoval {
		return false
	}
	_, wasInForce := h.before[g.rule]
	return h.all || !wasInForce
}

// logLoad tells what a load changed.
func logLoad(log *slog.Logger, d *difference, held []string) {
	log.Info("rules are in force", "rules", d.now, "new", d.added, "changed", d.changed, "gone", len(d.gone), "names_gone", someOf(d.gone))
	if len(held) > 0 {
		log.Warn("alerts that fire are held, because the rules file does not have their rules: add these, or write allow_removal: true at its top",
			"rules", len(held), "names", someOf(held))
	}
}

// countFiring counts the alerts that fire.
func (l *ledger) countFiring() int {
	count := 0
	for _, ofRule := range l.groups {
		for _, g := range ofRule {
			if g.state.Phase == Firing {
				count++
			}
		}
	}
	return count
}
