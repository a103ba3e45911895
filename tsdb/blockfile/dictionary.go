package blockfile

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A dictionary numbers the tags of the series of a file as they come, and in order of key and value once
// all are known. A tag is held once, however many series have it.
type dictionary struct {
	numbers map[string]uint32 // by the tag's piece of canonical bytes
	tags    []dictionaryTag   // by number
}

type dictionaryTag struct {
	key, value string
	series     int // how many have it
}

func newDictionary() *dictionary { return &dictionary{numbers: make(map[string]uint32)} }

// appendTags appends the tags of a series to dst: for each its number + 1, a uvarint, and a 0 behind them. The
// error is tag.ErrNotCanonical; then the series may be counted for some of its tags, and the file must be
// given up.
func (d *dictionary) appendTags(dst, canonical []byte) ([]byte, error) {
	lastKey := ""
	for at := 0; at < len(canonical); {
		key, afterKey, ok := cutText(canonical, at)
		next := afterKey
		var value []byte
		if ok {
			value, next, ok = cutText(canonical, afterKey)
		}
		if !ok || at > 0 && lastKey >= string(key) {
			return nil, fmt.Errorf("%w: tag at byte %d", tag.ErrNotCanonical, at)
		}
		number, known := d.numbers[string(canonical[at:next])]
		if !known {
			number = uint32(len(d.tags))
			piece := string(canonical[at:next])
			d.numbers[piece] = number
			d.tags = append(d.tags, dictionaryTag{
				key:   piece[afterKey-at-len(key) : afterKey-at],
				value: piece[len(piece)-len(value):],
			})
		}
		d.tags[number].series++
		dst = binary.AppendUvarint(dst, uint64(number)+1)
		lastKey, at = d.tags[number].key, next
	}
	return append(dst, 0), nil
}

// sort returns the tags in order of key and value, and for each number of before its place among them.
func (d *dictionary) sort() (sorted []dictionaryTag, places []uint32) {
	order := make([]uint32, len(d.tags))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(i, j uint32) int {
		a, b := &d.tags[i], &d.tags[j]
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.value, b.value))
	})
	sorted, places = make([]dictionaryTag, len(order)), make([]uint32, len(order))
	for place, number := range order {
		sorted[place], places[number] = d.tags[number], uint32(place)
	}
	return sorted, places
}

// cutText reads a text with its length in front, at an offset of canonical bytes. It refuses a length in
// more bytes than it needs.
func cutText(b []byte, at int) (text []byte, next int, ok bool) {
	size, n := binary.Uvarint(b[at:])
	if n <= 0 || n > 1 && b[at+n-1] == 0 || size > uint64(len(b)-at-n) {
		return nil, 0, false
	}
	next = at + n + int(size)
	return b[at+n : next], next, true
}
