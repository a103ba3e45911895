package blockfile

import (
	"encoding/binary"
	"errors"
)

// tables are the sections about tags, made when all series are known.
type tables struct {
	keys, tags, refs, postings tableBuilder
	firstTags                  []byte // behind the keys: the number of each key's first tag, uint32
}

func (w *Writer) tables() (*tables, error) {
	sorted, places := w.dictionary.sort()
	for i, number := range w.tags { // from here on the numbers are those of the file
		w.tags[i] = places[number]
	}
	t := &tables{}
	if err := t.addTags(sorted); err != nil {
		return nil, err
	}
	if err := t.addRefs(w.tags, w.tagEnds); err != nil {
		return nil, err
	}
	return t, t.addPostings(sorted, w.tags, w.tagEnds)
}

// addTags writes the texts of keys and values.
func (t *tables) addTags(sorted []dictionaryTag) error {
	for i, one := range sorted {
		if i == 0 || sorted[i-1].key != one.key {
			t.firstTags = binary.LittleEndian.AppendUint32(t.firstTags, uint32(i))
			t.keys.bytes = append(t.keys.bytes, one.key...)
			if err := t.keys.end(); err != nil {
				return err
			}
		}
		t.tags.bytes = append(t.tags.bytes, one.value...)
		if err := t.tags.end(); err != nil {
			return err
		}
	}
	if t.keys.len() > maxKeys {
		return errors.New("the series have more than 65,536 different keys")
	}
	return nil
}

// addRefs writes which tags each series has.
func (t *tables) addRefs(tags, ends []uint32) error {
	var row []byte
	start := uint32(0)
	for series, end := range ends {
		row = row[:0]
		next := uint32(0)
		for _, number := range tags[start:end] {
			row = binary.AppendUvarint(row, uint64(number-next))
			next = number + 1
		}
		t.refs.bytes = binary.AppendUvarint(t.refs.bytes, uint64(len(row)))
		t.refs.bytes = append(t.refs.bytes, row...)
		if series%groupSeries == groupSeries-1 || series == len(ends)-1 {
			if err := t.refs.end(); err != nil {
				return err
			}
		}
		start = end
	}
	return nil
}

// addPostings writes which series have each key, and then which have each tag.
func (t *tables) addPostings(sorted []dictionaryTag, tags, ends []uint32) error {
	lists := postingsOf(sorted, tags, ends)
	for first := 0; first < len(sorted); {
		end := first + 1
		for end < len(sorted) && sorted[end].key == sorted[first].key {
			end++
		}
		t.postings.bytes = appendPostings(t.postings.bytes, union(lists[first:end], len(ends)), len(ends))
		if err := t.postings.end(); err != nil {
			return err
		}
		first = end
	}
	for _, list := range lists {
		t.postings.bytes = appendPostings(t.postings.bytes, list, len(ends))
		if err := t.postings.end(); err != nil {
			return err
		}
	}
	return nil
}

// postingsOf returns, for each tag, the positions of the series that have it: 4 bytes for each tag of each series.
func postingsOf(sorted []dictionaryTag, tags, ends []uint32) [][]uint32 {
	all := make([]uint32, len(tags))
	lists := make([][]uint32, len(sorted))
	for i, one := range sorted {
		lists[i], all = all[:0:one.series], all[one.series:]
	}
	start := uint32(0)
	for position, end := range ends {
		for _, number := range tags[start:end] {
			lists[number] = append(lists[number], uint32(position))
		}
		start = end
	}
	return lists
}

// union returns the positions in any of lists, ascending.
func union(lists [][]uint32, series int) []uint32 {
	if len(lists) == 1 {
		return lists[0]
	}
	m := newBitmap(series)
	for _, list := range lists {
		for _, position := range list {
			m[position/64] |= 1 << (position % 64)
		}
	}
	return m.positions()
}
