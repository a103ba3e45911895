package expr

import (
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// An EventKind names what becomes of the events that match.
type EventKind uint8

// The kinds of event expressions.
const (
	EventRaw    EventKind = iota // each event as it is
	EventTable                   // a row of Columns for each event
	EventSample                  // a count per step for each group of By, with rows of Columns as samples
)

// An Event is an expression over events: structured records, not series.
type Event struct {
	Kind    EventKind
	Query   tag.Predicate
	By      []string // EventSample
	Columns []string // EventTable, EventSample
}

func (e *Event) appendText(dst []byte) []byte {
	dst = appendQuery(dst, e.Query)
	switch e.Kind {
	case EventTable:
		dst = stack.AppendList(append(dst, ','), e.Columns)
		return append(dst, ",:table"...)
	case EventSample:
		dst = stack.AppendList(append(dst, ','), e.By)
		dst = stack.AppendList(append(dst, ','), e.Columns)
		return append(dst, ",:sample"...)
	}
	return dst
}
