package alert

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// recordVersion is the version of both record types; see the package comment for the format.
const recordVersion = 1

// chunkBytes is the size beyond which a change continues in another record, well below what the log takes.
const chunkBytes = 1 << 20

// maxStep bounds the times and counts in a record: JSON numbers are exact up to there, and sums of a
// few of them do not overflow.
const maxStep = 1 << 53

// errRecord reports a record that this package did not write, or a newer one did.
var errRecord = errors.New("alert: unreadable record")

// A changeRecord is the JSON body of a wal.AlertState record.
type changeRecord struct {
	Step    int64          `json:"step,omitempty"`
	Floor   uint64         `json:"floor,omitempty"`
	Groups  []groupRecord  `json:"groups,omitempty"`
	Letters []Notification `json:"notifications,omitempty"`
	Roster  *rosterPart    `json:"roster,omitempty"`
}

// A groupRecord is the state of one group. With a blank State only Rule and Tags matter.
type groupRecord struct {
	Rule        string            `json:"rule"`
	Identity    string            `json:"identity,omitempty"`
	Tags        []byte            `json:"tags"` // canonical bytes: they need not be UTF-8
	State       State             `json:"state"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Told        []string          `json:"told,omitempty"`
	Value       Number            `json:"value"`
	Signal      Number            `json:"signal"`
	ValueStep   int64             `json:"value_step,omitempty"`
	Reason      Resolution        `json:"reason,omitempty"`
	Overflow    bool              `json:"overflow,omitempty"`
}

// encode returns the records of a change. The step comes with the last of them, after all that
// it decided: should a crash keep only the first ones, the step is evaluated again, on states that
// have it already and that it does not move.
func (c *change) encode() []wal.Record {
	var records []wal.Record
	chunk, size := changeRecord{Floor: c.floor}, 0
	grow := func(n int) {
		if size += n; size >= chunkBytes {
			records = append(records, stateRecord(&chunk))
			chunk, size = changeRecord{Floor: c.floor}, 0
		}
	}
	letters := c.letters
	for _, g := range c.groups {
		chunk.Groups = append(chunk.Groups, g.record())
		bytes := g.roughBytes()
		for len(letters) > 0 && letters[0].Alert == g.id { // a group and its letters stay together
			chunk.Letters = append(chunk.Letters, letters[0])
			bytes += len(letters[0].Body)
			letters = letters[1:]
		}
		grow(bytes)
	}
	for _, letter := range letters {
		chunk.Letters = append(chunk.Letters, letter)
		grow(len(letter.Body))
	}
	for i := range c.rosters {
		chunk.Roster = &c.rosters[i]
		if i < len(c.rosters)-1 {
			records = append(records, stateRecord(&chunk))
			chunk = changeRecord{Floor: c.floor}
		}
	}
	chunk.Step = c.step
	return append(records, stateRecord(&chunk))
}

// roughBytes estimates how long the group is in a record.
func (g *group) roughBytes() int {
	n := 300
	for key, value := range g.labels {
		n += 2 * (len(key) + len(value)) // once more for the tags
	}
	for key, value := range g.annotations {
		n += len(key) + len(value)
	}
	return n
}

func (g *group) record() groupRecord {
	r := groupRecord{Rule: g.rule, Tags: g.tags.AppendCanonical([]byte{}), Value: noNumber, Signal: noNumber, Overflow: g.overflow}
	if g.state.isBlank() {
		return r
	}
	r.Identity, r.State, r.Told = g.identity, g.state, g.told
	r.Labels, r.Annotations = g.labels, g.annotations
	r.Value, r.Signal, r.ValueStep = g.reached.value, g.reached.signal, g.reached.step
	r.Reason = g.reason
	return r
}

func stateRecord(c *changeRecord) wal.Record {
	return wal.Record{Type: wal.AlertState, Version: recordVersion, Body: mustJSON(c)}
}

// settledRecord tells that a notification needs no delivery any more.
func settledRecord(s Settled) wal.Record {
	return wal.Record{Type: wal.Notification, Version: recordVersion, Body: mustJSON(s)}
}

// decodeChange reads the body of a wal.AlertState record.
func decodeChange(r wal.Record) (*change, error) {
	var body changeRecord
	if err := decodeJSON(r, &body); err != nil {
		return nil, err
	}
	if body.Step < 0 || body.Step > maxStep || body.Floor > maxStep {
		return nil, fmt.Errorf("%w: step %d, floor %d", errRecord, body.Step, body.Floor)
	}
	c := &change{step: body.Step, floor: body.Floor, letters: body.Letters}
	if body.Roster != nil {
		c.rosters = []rosterPart{*body.Roster}
	}
	for i := range body.Groups {
		g, err := body.Groups[i].group()
		if err != nil {
			return nil, fmt.Errorf("%w: group %d: %w", errRecord, i, err)
		}
		c.groups = append(c.groups, g)
	}
	for i := range c.letters {
		if l := &c.letters[i]; l.ID == "" || l.Alert == "" || l.Receiver == "" || len(l.Body) == 0 {
			return nil, fmt.Errorf("%w: notification %d is incomplete", errRecord, i)
		}
	}
	return c, nil
}

// decodeSettled reads the body of a wal.Notification record.
func decodeSettled(r wal.Record) (Settled, error) {
	var s Settled
	if err := decodeJSON(r, &s); err != nil {
		return s, err
	}
	if s.Alert == "" || s.Receiver == "" {
		return s, fmt.Errorf("%w: a delivery that names no alert or receiver", errRecord)
	}
	return s, nil
}

func decodeJSON(r wal.Record, body any) error {
	if r.Version != recordVersion {
		return fmt.Errorf("%w: type %d has version %d, this program knows %d: use a newer one", errRecord, r.Type, r.Version, recordVersion)
	}
	if err := json.Unmarshal(r.Body, body); err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	return nil
}

// group is the inverse of group.record.
func (r *groupRecord) group() (*group, error) {
	tags, err := tag.ParseCanonical(r.Tags)
	if err != nil {
		return nil, err
	}
	s := r.State
	if s.Phase > Firing || s.Start < 0 || s.Start > maxStep || s.Since < 0 || s.Since > maxStep || s.Seq > maxStep ||
		s.Unknown < 0 || s.Unknown > maxStep || s.UnknownAt < 0 || s.UnknownAt > maxStep || r.ValueStep < 0 || r.ValueStep > maxStep {
		return nil, fmt.Errorf("rule %q: impossible state %+v, value of step %d", r.Rule, s, r.ValueStep)
	}
	at := reached{r.Value, r.Signal, r.ValueStep}
	if at.isThere() && at.step == 0 { // an older program wrote it, with each change of the phase
		at.step = s.Since
	}
	if r.Overflow {
		g := newOverflow(r.Rule)
		g.identity, g.state, g.labels, g.annotations, g.told = r.Identity, s, r.Labels, r.Annotations, r.Told
		g.reached, g.reason = at, r.Reason
		return g, nil
	}
	return &group{
		rule: r.Rule, identity: r.Identity, tags: tags, id: groupID(r.Rule, tags), state: s,
		labels: r.Labels, annotations: r.Annotations, told: r.Told, reached: at, reason: r.Reason,
	}, nil
}
