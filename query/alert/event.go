package alert

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// EventVersion is the version of the JSON form of an Event.
const EventVersion = 1

// An Event tells a receiver that an alert began to fire or was resolved. An alert is a rule and a
// group of it. Times are steps, in milliseconds since the epoch.
type Event struct {
	Version int `json:"version"` // EventVersion
	// ID names this transition of this alert: whoever receives it again, after a lost answer or a crash,
	// has seen it before. The firing and the resolved of one episode have different IDs and the same Start.
	ID string `json:"id"`
	// Seq grows by one with each transition of the alert, over all its episodes. An alert that was quiet
	// for so long that it was forgotten goes on above every number it ever had.
	Seq uint64 `json:"seq"`
	// State is "firing" or "resolved".
	State string `json:"state"`
	Rule  string `json:"rule"`
	// Labels are the tags of the group and the labels of the rule, which win.
	Labels map[string]string `json:"labels"`
	// Annotations are rendered for this transition, with Value; where the rule is gone, they are those of the firing.
	Annotations map[string]string `json:"annotations"`
	// Reason says why an alert was resolved: "recovered", "no_data", "rule_changed" or "rule_removed". A firing event
	// has none.
	Reason Resolution `json:"reason,omitempty"`
	// Value is the left side of the outermost comparison, Signal the line itself, both at ValueStep. That is Step, but
	// where the alert was resolved without a value: then it is the last step that had one. Only an alert that an older
	// program has seen fire can be without any: then they are null.
	Value     Number `json:"value"`
	Signal    Number `json:"signal"`
	ValueStep int64  `json:"value_step"`
	// Step is the closed step that decided the transition.
	Step int64 `json:"step"`
	// Start is the first step of the row of true steps that led to the firing.
	Start int64 `json:"start"`
	// End is the first step that was not true any more; null while firing.
	End *int64 `json:"end"`
}

// encode returns the JSON form of e. Equal events have equal bytes.
func (e *Event) encode() []byte { return mustJSON(e) }

// mustJSON encodes events and records, whose strings and Numbers all have a JSON form. It leaves < and &
// alone, so that an event keeps its bytes inside a record.
func mustJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("alert: %T that JSON cannot hold: %v", v, err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// groupID names an alert: a rule and the tags of one of its lines. 32 hex digits.
func groupID(rule string, tags tag.Tags) string {
	b := binary.AppendUvarint(nil, uint64(len(rule)))
	b = append(b, rule...)
	b = tags.AppendCanonical(b)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// eventID names a transition of an alert. It follows from what happened alone, so that a step that is
// evaluated again after a crash yields the same event: an episode is told by its first step, and within
// it each transition happens once.
func eventID(group string, start int64, state string) string {
	sum := sha256.Sum256([]byte(group + "/" + strconv.FormatInt(start, 10) + "/" + state))
	return hex.EncodeToString(sum[:16])
}

// A Number is a float64 that people and JSON can read: it prints without exponent where that stays
// short, and in JSON NaN is null and an infinity the largest number there is.
type Number float64

// noNumber is the value where there is none.
var noNumber = Number(math.NaN())

// String returns n in plain decimal notation; with an exponent only far from 1.
func (n Number) String() string {
	format := byte('f')
	if size := math.Abs(float64(n)); size != 0 && (size < 1e-6 || size >= 1e15) {
		format = 'g'
	}
	return strconv.FormatFloat(float64(n), format, -1, 64)
}

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	f := float64(n)
	if math.IsNaN(f) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, max(-math.MaxFloat64, min(math.MaxFloat64, f)), 'g', -1, 64), nil
}

// UnmarshalJSON implements json.Unmarshaler; null is NaN.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = noNumber
		return nil
	}
	f, err := strconv.ParseFloat(string(b), 64)
	*n = Number(f)
	return err
}
