package alert

import (
	"maps"
	"slices"
	"strings"
)

// A roster names the rules that are in force, each with its identity (Rule.identity). It is in the log, so that
// a start can tell what its rules file removes. nil is a log that says nothing of rules.
type roster map[string]string

// rosterOf returns the roster of rules.
func rosterOf(rules *Rules) roster {
	r := make(roster, len(rules.Rules))
	for _, rule := range rules.Rules {
		r[rule.Name] = rule.identity()
	}
	return r
}

// A rosterPart is a roster, or a piece of one that is too long for a record, as it is logged.
type rosterPart struct {
	// More says that the part goes on from the one before; else it begins a new roster.
	More  bool              `json:"more,omitempty"`
	Rules map[string]string `json:"rules"` // name -> identity
}

// parts returns what logs r, in pieces of about chunkBytes; none for a roster that is nil.
func (r roster) parts() []rosterPart {
	if r == nil {
		return nil
	}
	parts := []rosterPart{{Rules: map[string]string{}}}
	size := 0
	for _, name := range slices.Sorted(maps.Keys(r)) {
		if size >= chunkBytes {
			parts = append(parts, rosterPart{More: true, Rules: map[string]string{}})
			size = 0
		}
		parts[len(parts)-1].Rules[name] = r[name]
		size += len(mustJSON(name)) + len(r[name]) + 8
	}
	return parts
}

// with returns r after part, which it may keep and change.
func (r roster) with(part rosterPart) roster {
	if !part.More || r == nil {
		return maps.Clone(roster(part.Rules))
	}
	maps.Copy(r, part.Rules)
	return r
}

// A difference is what a load does to the rules in force. A rule is told by its name: one with another
// expression or other labels is changed, and one with another name is gone, and new.
type difference struct {
	before, now int // rules
	added       int
	changed     int
	gone        []string // names, in order
}

// differenceTo compares rules with those that were in force before.
func (r roster) differenceTo(rules *Rules) difference {
	d := difference{before: len(r), now: len(rules.Rules)}
	named := rules.byName()
	for name := range r {
		if named[name] == nil {
			d.gone = append(d.gone, name)
		}
	}
	slices.Sort(d.gone)
	for name, rule := range named {
		switch identity, known := r[name]; {
		case !known:
			d.added++
		case identity != rule.identity():
			d.changed++
		}
	}
	return d
}

// isSweeping reports whether more than half of the rules go: rather a file that was cut or mixed up than
// a decision of somebody.
func (d *difference) isSweeping() bool { return 2*len(d.gone) > d.before }

// maxNamed bounds how many names a message lists.
const maxNamed = 10

// someOf returns names as a message shows them, the first ones of many.
func someOf(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:maxNamed], ", ") + ", …"
}
