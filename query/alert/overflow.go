package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A rule of which too many groups are true overflows: it has one alert of its own, of the group "all", in place of
// thousands. While it does,
//
//   - groups that fired before go on as ever, and resolve when they are not true;
//   - no other group begins to be pending or to fire, and those that were pending are dropped. The overflow takes
//     over the oldest of their rows of true steps, so that it fires no later than they would have;
//   - For counts for the overflow as for any group.
//
// It ends, and resolves once, when a tenth less than the bound is true, so that a count which swings around the bound
// does not page at each turn. The groups that are still true then begin their rows.
const (
	maxGroups  = 10_000             // groups that can be alerts of one rule
	calmGroups = maxGroups / 10 * 9 // at most that many are true when the overflow is over
)

// Bounds of what the overflow names.
const (
	maxExamples     = 5
	maxExampleBytes = 200
)

// overflowKey is where a ledger keeps the overflow of a rule. No tags have these canonical bytes.
const overflowKey = "*"

// overflowTags are the tags of an overflow.
func overflowTags() tag.Tags { return tag.New("group", "all") }

// newOverflow returns the overflow of a rule, which has not begun.
func newOverflow(rule string) *group {
	sum := sha256.Sum256([]byte("overflow/" + rule))
	return &group{rule: rule, tags: overflowTags(), id: hex.EncodeToString(sum[:16]), reached: nothing, overflow: true}
}

// key returns where a ledger keeps g among those of its rule.
func (g *group) key() string {
	if g.overflow {
		return overflowKey
	}
	return string(g.tags.AppendCanonical(nil))
}

// countTrue returns how many groups are true.
func countTrue(byTags map[string]query.StepLine) int {
	count := 0
	for _, line := range byTags {
		if ReadingOf(line.Signal) == True {
			count++
		}
	}
	return count
}

// overflows reports whether a rule with so many groups that are true overflows. own is its overflow so far; nil is
// none.
func overflows(own *group, count int) bool {
	return count > maxGroups || own != nil && own.state.Phase != Inactive && count > calmGroups
}

// overflow reads the step for the overflow of a rule, if it has begun or begins. It returns the lines that
// are to be read for single groups.
func (d *decider) overflow(o *outcome, known map[string]*group, byTags map[string]query.StepLine) map[string]query.StepLine {
	own, count := known[overflowKey], countTrue(byTags)
	if !overflows(own, count) {
		switch {
		case own == nil:
			return byTags
		case o.doubt != nil && own.state.Phase != Inactive: // perhaps more would be true if all was known
			d.readOverflow(o.rule, own, own.state, Unknown, count, nil)
			return firingOnly(known, byTags)
		}
		d.readOverflow(o.rule, own, own.state, NotTrue, count, nil)
		return byTags
	}
	if own == nil {
		own = newOverflow(o.rule.Name)
	}
	before := own.state
	if row := oldestRow(known, byTags); before.Phase == Inactive && row.Start > 0 {
		row.Seq, before = before.Seq, row
	}
	d.readOverflow(o.rule, own, before, True, count, byTags)
	return firingOnly(known, byTags)
}

// readOverflow takes the overflow of a rule over the step, as read does with other groups. before is its state with
// the row of true steps that it takes over.
func (d *decider) readOverflow(rule *Rule, own *group, before State, reading Reading, count int, byTags map[string]query.StepLine) {
	next, transition := d.next(rule, own, before, reading)
	if next == nil {
		return
	}
	if reading != Unknown {
		next.reached = overflowReached(count, reading, d.tick.Step)
		next.labels = mergeLabels(own.tags, rule.Labels)
		next.annotations = rule.renderOverflow(count, byTags)
	}
	switch transition {
	case Fired:
		next.told, next.reason = rule.Notify, ""
	case Resolved:
		next.reason = Recovered
	}
	d.change.groups = append(d.change.groups, next)
	d.change.tell(next, transition, before.Start, d.tick.Step)
}

// noteOverflow keeps the newest count of an overflow that has begun. Where perhaps more groups are true than is known,
// and so it cannot be told that it is over, the count stays as it was and the doubt is noted.
func (g *group) noteOverflow(o *outcome, count int, step, size int64) {
	switch {
	case g.state.Phase == Inactive:
	case o.doubt != nil && !overflows(g, count):
		g.doubt = g.doubt.then(o.doubt, size)
	default:
		g.reached = overflowReached(count, True, step)
	}
}

// overflowReached returns the numbers of an overflow: how many groups are true, and whether it is too many.
func overflowReached(count int, reading Reading, step int64) reached {
	at := reached{value: Number(count), step: step}
	if reading == True {
		at.signal = 1
	}
	return at
}

// oldestRow returns the state of the oldest row of true steps among groups that are pending and true now; the zero
// State if there is none.
func oldestRow(known map[string]*group, byTags map[string]query.StepLine) (oldest State) {
	for key, g := range known {
		if g.overflow || g.state.Phase != Pending || ReadingOf(byTags[key].Signal) != True {
			continue
		}
		if oldest.Start == 0 || g.state.Start < oldest.Start {
			oldest = g.state
		}
	}
	return oldest
}

// firingOnly returns the lines of the groups that fire.
func firingOnly(known map[string]*group, byTags map[string]query.StepLine) map[string]query.StepLine {
	firing := map[string]query.StepLine{}
	for key, g := range known {
		if line, ok := byTags[key]; ok && g.state.Phase == Firing {
			firing[key] = line
		}
	}
	return firing
}

// renderOverflow returns the annotations of an overflow: what is wrong, and those of the rule that are no
// templates, such as the address of a runbook. Templates speak of one group.
func (r *Rule) renderOverflow(count int, byTags map[string]query.StepLine) map[string]string {
	annotations := map[string]string{}
	for key, template := range r.Annotations {
		if text := template.String(); !strings.Contains(text, "{{") {
			annotations[key] = text
		}
	}
	annotations["count"] = strconv.Itoa(count)
	if byTags == nil {
		annotations["summary"] = fmt.Sprintf("%d groups of %s are true: they are alerts of their own again", count, r.Name)
		return annotations
	}
	examples := strings.Join(exampleGroups(byTags), "; ")
	annotations["examples"] = examples
	annotations["summary"] = fmt.Sprintf("%d groups of %s are true, too many for an alert of each (at most %d), such as %s",
		count, r.Name, maxGroups, examples)
	return annotations
}

// exampleGroups returns the first groups that are true, by their tags.
func exampleGroups(byTags map[string]query.StepLine) []string {
	var examples []string
	for _, key := range slices.Sorted(maps.Keys(byTags)) {
		line := byTags[key]
		if ReadingOf(line.Signal) != True {
			continue
		}
		if len(examples) == maxExamples {
			break
		}
		examples = append(examples, exampleText(line.Tags))
	}
	return examples
}

// exampleText returns tags as "app=www, node=i-1", cut where they are long.
func exampleText(tags tag.Tags) string {
	var pairs []string
	values := tags.Map()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, key+"="+values[key])
	}
	text := strings.Join(pairs, ", ")
	if len(text) > maxExampleBytes {
		text = strings.ToValidUTF8(text[:maxExampleBytes], "") + "…"
	}
	return text
}
