package tsdb

import (
	"encoding/binary"
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// appendQuestion appends bytes that are equal for two queries only if both ask for the same columns, whatever their
// ranges. It must be unambiguous: what is kept under one question is the answer to another that has the same bytes.
//
//	step  aggregates  consolidation  perSeries  count of By  By …  Where
//
// Numbers are varints and every text has its length in front.
func appendQuestion(dst []byte, q *Query) []byte {
	dst = binary.AppendVarint(dst, q.Step)
	dst = append(dst, byte(q.Aggregates), byte(q.Consolidation), flag(q.PerSeries))
	by := q.By
	if q.PerSeries {
		by = nil
	}
	dst = binary.AppendUvarint(dst, uint64(len(by)))
	for _, key := range by {
		dst = appendSized(dst, key)
	}
	return appendPredicate(dst, q.Where)
}

// appendPredicate appends p in prefix notation: a letter for the kind, then its parts, of which there are as many as
// the kind has.
func appendPredicate(dst []byte, p tag.Predicate) []byte {
	switch p := p.(type) {
	case tag.True:
		return append(dst, 't')
	case tag.False:
		return append(dst, 'f')
	case tag.Has:
		return appendSized(append(dst, 'h'), p.Key)
	case tag.Equal:
		return appendSized(appendSized(append(dst, 'e'), p.Key), p.Value)
	case tag.Compare:
		return appendSized(appendSized(append(dst, 'c', byte(p.Order)), p.Key), p.Value)
	case tag.Match:
		dst = append(dst, 'm', flag(p.Pattern.IgnoreCase()))
		return appendSized(appendSized(dst, p.Key), p.Pattern.Source())
	case tag.In:
		dst = binary.AppendUvarint(appendSized(append(dst, 'i'), p.Key), uint64(len(p.Values)))
		for _, value := range p.Values {
			dst = appendSized(dst, value)
		}
		return dst
	case tag.And:
		return appendPredicate(appendPredicate(append(dst, '&'), p.Left), p.Right)
	case tag.Or:
		return appendPredicate(appendPredicate(append(dst, '|'), p.Left), p.Right)
	case tag.Not:
		return appendPredicate(append(dst, '!'), p.Inner)
	}
	panic(fmt.Sprintf("tsdb: a predicate of unknown type %T", p))
}

func appendSized(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}
