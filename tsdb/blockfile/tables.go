package blockfile

import (
	"cmp"
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
	all := seriesTags{w.tags, places, w.series}
	t := &tables{}
	if err := t.addTags(sorted); err != nil {
		return nil, err
	}
	if err := t.addRefs(all); err != nil {
		return nil, err
	}
	return t, t.addPostings(sorted, all, batchPostings)
}

// seriesTags are the tags of all series, as the dictionary wrote them.
type seriesTags struct {
	bytes  []byte
	places []uint32 // the numbers of tags in the file, by their numbers in the dictionary
	series int
}

// each calls visit with the tags of each series, ascending. The slice is used again.
func (s seriesTags) each(visit func(position uint32, tags []uint32)) {
	var tags []uint32
	position := uint32(0)
	for at := 0; at < len(s.bytes); {
		number, n := binary.Uvarint(s.bytes[at:])
		at += n
		if number > 0 {
			tags = append(tags, s.places[number-1])
			continue
		}
		visit(position, tags)
		tags = tags[:0]
		position++
	}
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
func (t *tables) addRefs(all seriesTags) (err error) {
	var row []byte
	all.each(func(position uint32, tags []uint32) {
		row = row[:0]
		next := uint32(0)
		for _, number := range tags {
			row = binary.AppendUvarint(row, uint64(number-next))
			next = number + 1
		}
		t.refs.bytes = binary.AppendUvarint(t.refs.bytes, uint64(len(row)))
		t.refs.bytes = append(t.refs.bytes, row...)
		if position%groupSeries == groupSeries-1 || int(position) == all.series-1 {
			err = cmp.Or(err, t.refs.end())
		}
	})
	return err
}

// batchPostings is how many postings are gathered in one walk over the series, 4 bytes each: a walk takes
// 30 ms for a million series, and all of their postings at once would take 40 MB.
const batchPostings = 1 << 21

// addPostings writes which series have each key, and then which have each tag. It holds no more than batch
// postings at once, but for a tag that has more by itself.
func (t *tables) addPostings(sorted []dictionaryTag, all seriesTags, batch int) error {
	var ofTags tableBuilder
	ofKey := newBitmap(all.series)
	for first := 0; first < len(sorted); {
		end, postings := first, 0
		for end < len(sorted) && (end == first || postings+sorted[end].series <= batch) {
			postings += sorted[end].series
			end++
		}
		for i, list := range postingsOf(sorted[first:end], uint32(first), all, postings) {
			ofTags.bytes = appendPostings(ofTags.bytes, list, all.series)
			if err := ofTags.end(); err != nil {
				return err
			}
			ofKey.addList(list)
			if next := first + i + 1; next < len(sorted) && sorted[next].key == sorted[next-1].key {
				continue
			}
			t.postings.bytes = appendPostings(t.postings.bytes, ofKey.positions(), all.series)
			if err := t.postings.end(); err != nil {
				return err
			}
			clear(ofKey)
		}
		first = end
	}
	return t.postings.join(&ofTags)
}

// postingsOf returns, for some tags from number first on, the positions of the series that have them: so
// many in all.
func postingsOf(some []dictionaryTag, first uint32, all seriesTags, postings int) [][]uint32 {
	room := make([]uint32, postings)
	lists := make([][]uint32, len(some))
	for i, one := range some {
		lists[i], room = room[:0:one.series], room[one.series:]
	}
	all.each(func(position uint32, tags []uint32) {
		for _, number := range tags {
			if i := number - first; i < uint32(len(lists)) {
				lists[i] = append(lists[i], position)
			}
		}
	})
	return lists
}
