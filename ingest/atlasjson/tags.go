package atlasjson

import (
	"bytes"
	"slices"
)

// maxRemembered is the largest tags object that the memo is asked for; the largest that is valid
// and written without blanks takes 8 KiB, those of a fleet 250 bytes.
const maxRemembered = 8 << 10

// A pair is one tag.
type pair struct{ key, value span }

// objectEnd returns the position behind the first closing brace, or 0 if it is too far away.
func (s *scanner) objectEnd() int {
	window := s.body[s.at:min(s.at+maxRemembered, len(s.body))]
	if i := bytes.IndexByte(window, '}'); i >= 0 {
		return s.at + i + 1
	}
	return 0
}

// tagObject reads a tags object and appends its pairs to *to, sorted, of equal keys the last.
func (s *scanner) tagObject(to *[]pair) error {
	if s.peek() != '{' {
		return s.expected("START_OBJECT")
	}
	s.at++
	first := len(*to)
	sorted := true
	err := s.members(func(key span) error {
		switch s.peek() {
		case '"':
			value, err := s.text()
			if err != nil {
				return err
			}
			n := len(*to)
			if n-first == maxTags {
				return s.fail("more than %d tags in one object", maxTags)
			}
			sorted = sorted && (n == first || bytes.Compare(s.bytes((*to)[n-1].key), s.bytes(key)) < 0)
			*to = append(*to, pair{key, value})
			return nil
		case '{', '[':
			return s.expected("VALUE_STRING")
		default:
			return s.skip(0) // no string: the tag is left out
		}
	})
	if err == nil && !sorted {
		*to = append((*to)[:first], s.sortPairs((*to)[first:])...)
	}
	return err
}

// sortPairs sorts tags in place and returns them without all but the last of equal keys.
func (s *scanner) sortPairs(tags []pair) []pair {
	slices.SortStableFunc(tags, func(a, b pair) int { return bytes.Compare(s.bytes(a.key), s.bytes(b.key)) })
	kept := tags[:0]
	for i, one := range tags {
		if i+1 < len(tags) && bytes.Equal(s.bytes(one.key), s.bytes(tags[i+1].key)) {
			continue
		}
		kept = append(kept, one)
	}
	return kept
}
