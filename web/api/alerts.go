package api

import (
	"bytes"
	"encoding/json"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/alert"
)

const (
	// bytesPerGroup is what a group takes as a value and as text.
	bytesPerGroup = 1600
	// alertsBytes is what the rest of an answer takes.
	alertsBytes = 256 << 10
)

// alerts answers with the rules and their groups, one rule after the other: all that there may be, a hundred thousand groups of
// ten rules, would be 100 MB at a time. The route is ours.
func (a *API) alerts(c *gin.Context) {
	status, groups, rules := a.Alerts()
	loan, err := a.borrow(c.Request.Context(), alertsBytes+bytesPerGroup*int64(groups))
	if err != nil {
		fail(c.Writer, err)
		return
	}
	defer loan.Return()
	status.Rules = []alert.RuleStatus{}
	c.Header("Content-Type", "application/json")
	head := bytes.TrimSuffix(appendJSON(nil, status), []byte("]}"))
	out := &responseWriter{w: c.Writer, buf: head}
	first := true
	for rule := range rules {
		if out.err != nil {
			return
		}
		if !first {
			out.text(",")
		}
		first = false
		writeRule(out, rule)
	}
	out.text("]}")
	out.flush()
}

// writeRule writes a rule, group by group.
func writeRule(w *responseWriter, rule alert.RuleStatus) {
	groups := rule.Groups
	rule.Groups = []alert.GroupStatus{}
	w.buf = appendJSON(w.buf, rule)
	w.buf = bytes.TrimSuffix(w.buf, []byte("]}"))
	for i := range groups {
		if i > 0 {
			w.text(",")
		}
		w.buf = appendJSON(w.buf, groups[i])
		w.room()
	}
	w.text("]}")
}

// appendJSON appends v, which always encodes.
func appendJSON(dst []byte, v any) []byte {
	body := bytes.NewBuffer(dst)
	encoder := json.NewEncoder(body)
	encoder.SetEscapeHTML(false) // "1025 > 1024" stays readable; nobody pastes an answer into a page
	if err := encoder.Encode(v); err != nil {
		panic("api: an answer that is not JSON: " + err.Error())
	}
	return bytes.TrimSuffix(body.Bytes(), []byte("\n"))
}
