package alert

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/stream"
)

// An outcome is what evaluating one rule for one step came to.
type outcome struct {
	rule  *Rule
	lines []query.StepLine
	err   error  // then there are no lines
	doubt *Doubt // why what is not true is unknown; nil where it is known
	// without has the groups that end although they have a value, because there are no data: see withoutData.
	without map[string]bool
}

// reading returns what the outcome says about a group whose line is this one; nil for a group without one.
func (o *outcome) reading(line *query.StepLine) Reading {
	switch {
	case line != nil && ReadingOf(line.Signal) == True:
		return True
	case o.doubt != nil:
		return Unknown
	}
	return NotTrue
}

// evaluated reports whether the rule was evaluated at the step: then the step is known, even where it reads unknown ones.
func (o *outcome) evaluated() bool {
	return o.err == nil && (o.doubt == nil || o.doubt.Reads != 0)
}

// A decider works out the change that one closed step makes to a ledger, without touching it.
type decider struct {
	ledger *ledger
	tick   stream.Tick
	size   time.Duration // of a step
	change change
}

// decide returns the change that the outcomes of tick make to l. It is a pure function of its
// arguments; the same in the same state yields the same events, with the same IDs.
func (l *ledger) decide(tick stream.Tick, step time.Duration, outcomes []outcome) *change {
	d := &decider{ledger: l, tick: tick, size: step}
	d.change.step = tick.Step
	for i := range outcomes {
		d.rule(&outcomes[i])
	}
	d.forget()
	return &d.change
}

// rule reads the step for each group of one rule: those with a line and those that had one.
func (d *decider) rule(o *outcome) {
	known := d.ledger.groups[o.rule.Name]
	byTags := trueFirst(o.lines)
	if o.evaluated() {
		byTags = d.overflow(o, known, byTags)
	}
	for _, key := range slices.Sorted(maps.Keys(byTags)) {
		line := byTags[key]
		reading := o.reading(&line)
		if o.without[key] {
			d.read(o.rule, known[key], nil, reading)
			continue
		}
		d.read(o.rule, known[key], &line, reading)
	}
	for _, g := range sortedGroups(known) {
		if g.overflow && o.evaluated() {
			continue // it has been read
		}
		if _, ok := byTags[g.key()]; !ok {
			d.read(o.rule, g, nil, o.reading(nil))
		}
	}
}

// read takes one group over the step. g is nil for a group of which nothing is remembered, line for one without a line.
func (d *decider) read(rule *Rule, g *group, line *query.StepLine, reading Reading) {
	if g == nil {
		if reading != True {
			return
		}
		g = &group{rule: rule.Name, tags: line.Tags, id: groupID(rule.Name, line.Tags), reached: nothing}
	}
	next, transition := d.next(rule, g, g.state, reading)
	if next == nil {
		return
	}
	next.reached = g.reached.moved(line, reading, d.tick.Step)
	if (transition != None || next.state.Phase == Pending) && !g.overflow { // of an overflow only unknown steps are read here
		next.labels = mergeLabels(g.tags, rule.Labels)
		next.annotations = rule.render(next.labels, next.reached)
	}
	switch transition {
	case Fired:
		next.told, next.reason = rule.Notify, ""
	case Resolved:
		next.reason = NoData
		if next.reached.step == d.tick.Step {
			next.reason = Recovered
		}
		if !next.reached.isThere() { // an older program forgot it
			next.annotations = g.annotations
		}
	}
	d.change.groups = append(d.change.groups, next)
	d.change.tell(next, transition, g.state.Start, d.tick.Step)
}

// next returns what a group is after the step, and the transition that this made; nil if it is what it was. before is its
// state with the row of true steps that it goes on from.
func (d *decider) next(rule *Rule, g *group, before State, reading Reading) (*group, Transition) {
	hold, size := rule.hold(d.size), d.size.Milliseconds()
	if d.tick.Skipped > 0 {
		before = before.unseen(d.tick.Step-size, d.tick.Skipped*size, size)
	}
	after, transition := before.Next(reading, d.tick.Step, hold, size)
	if after == g.state {
		return nil, None
	}
	if transition != None && before.Seq == 0 {
		after.Seq = d.ledger.floor + 1
	}
	next := *g
	next.identity, next.state = rule.identity(), after
	return &next, transition
}

// tell notes a transition of g, and adds what its receivers hear of it. start is that of the episode.
func (c *change) tell(g *group, transition Transition, start, step int64) {
	switch transition {
	case None:
		return
	case Fired:
		c.fired = append(c.fired, g)
	case Resolved:
		c.resolved = append(c.resolved, g)
	}
	if len(g.told) == 0 {
		return
	}
	e := Event{
		Version: EventVersion, Seq: g.state.Seq, State: "firing", Rule: g.rule,
		Labels: g.labels, Annotations: g.annotations,
		Value: g.reached.value, Signal: g.reached.signal, ValueStep: g.reached.step,
		Step: step, Start: g.state.Start,
	}
	if transition == Resolved {
		e.State, e.Start, e.End, e.Reason = "resolved", start, &step, g.reason
	}
	e.ID = eventID(g.id, e.Start, e.State)
	body := e.encode()
	for _, receiver := range g.told {
		c.letters = append(c.letters, Notification{ID: e.ID, Alert: g.id, Receiver: receiver, Step: step, Body: body})
	}
}

// render returns the annotations of an alert with these labels.
func (r *Rule) render(labels map[string]string, at reached) map[string]string {
	data := templateData(labels, float64(at.value), float64(at.signal))
	annotations := make(map[string]string, len(r.Annotations))
	for key, template := range r.Annotations {
		annotations[key] = template.Render(data)
	}
	return annotations
}

// forget drops the groups that were resolved too long ago, and the oldest where there are too many.
func (d *decider) forget() {
	changed := make(map[string]bool, len(d.change.groups))
	for _, g := range d.change.groups {
		changed[g.id] = true
	}
	var idle []*group
	for _, ofRule := range d.ledger.groups {
		for _, g := range ofRule {
			if g.state.Phase == Inactive && !changed[g.id] {
				idle = append(idle, g)
			}
		}
	}
	slices.SortFunc(idle, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.state.Since, a.state.Since), cmp.Compare(a.id, b.id))
	})
	for i, g := range idle {
		if i >= maxRemembered || d.tick.Step-g.state.Since > rememberMillis {
			d.change.drop(g)
		}
	}
}

// drop forgets g. Should the alert come back, its sequence numbers go on above those it had.
func (c *change) drop(g *group) {
	gone := *g
	gone.state = State{}
	c.groups = append(c.groups, &gone)
	c.floor = max(c.floor, g.state.Seq)
}

// retire returns the change that takes the groups of rules that are gone, or are other rules now, out
// of the ledger. Those that fire are resolved at the last evaluated step, because nobody will look
// again: the receivers hear it with the labels and annotations of the firing and the last value. What is
// held stays.
func (l *ledger) retire(rules *Rules, hold holding) *change {
	c := &change{step: l.step}
	named := rules.byName()
	for _, g := range l.all() {
		rule := named[g.rule]
		if rule != nil && rule.identity() == g.identity {
			continue
		} else if rule == nil && hold.keeps(g) {
			continue
		}
		if g.state.Phase == Firing {
			ended := *g
			start := g.state.Start
			var transition Transition
			ended.state, transition = g.state.Next(NotTrue, l.step, 0, 0)
			ended.reason = RuleChanged
			if rule == nil {
				ended.reason = RuleRemoved
			}
			c.tell(&ended, transition, start, l.step)
			g = &ended
		}
		c.drop(g)
	}
	return c
}

// trueFirst returns the lines by the canonical bytes of their tags. Where several lines of an expression
// have the same tags they are one group, and the first that is true speaks for it.
func trueFirst(lines []query.StepLine) map[string]query.StepLine {
	byTags := make(map[string]query.StepLine, len(lines))
	for _, s := range lines {
		key := string(s.Tags.AppendCanonical(nil))
		if old, ok := byTags[key]; !ok || ReadingOf(old.Signal) != True && ReadingOf(s.Signal) == True {
			byTags[key] = s
		}
	}
	return byTags
}
