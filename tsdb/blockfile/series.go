package blockfile

import (
	"encoding/binary"
	"errors"
	"slices"
)

// A Series is the name of a series in the store: its shard and its number there.
type Series struct {
	Shard  int
	Number uint32
}

// less orders series as files do.
func (s Series) less(other Series) bool {
	return s.Shard < other.Shard || s.Shard == other.Shard && s.Number < other.Number
}

// Of returns the part of positions, which ascend, that is in the range.
func (s ShardRange) Of(positions []uint32) []uint32 {
	first, _ := slices.BinarySearch(positions, s.First)
	end, _ := slices.BinarySearch(positions, s.End)
	return positions[first:end:end]
}

// AppendCanonical appends the canonical bytes of the tags of the series at a position to dst. The error matches ErrDamaged or
// ErrClosed.
func (r *Reader) AppendCanonical(dst []byte, position uint32) ([]byte, error) {
	r.mustBePosition(position)
	begin := len(dst)
	var sure bool
	err := r.file.call(func() (err error) {
		dst, sure, err = r.confirmed(dst[:begin], position)
		return err
	})
	if sure || err != nil && (errors.Is(err, ErrDamaged) || errors.Is(err, ErrClosed)) {
		return dst, err
	}
	err = r.file.call(func() (err error) {
		dst, err = r.appendCanonical(dst[:begin], position, true)
		return err
	})
	return dst, err
}

// confirmed appends the canonical bytes of a series and reports whether section hashes has their hash for the position. That
// they were put together of the right pieces then need not be checked piece by piece: they are 0.2 µs instead of 0.7.
func (r *Reader) confirmed(dst []byte, position uint32) (_ []byte, sure bool, err error) {
	if r.file.version < 3 || r.file.hashless.Load() {
		return dst, false, nil
	}
	begin := len(dst)
	dst, err = r.appendCanonical(dst, position, false)
	if err != nil {
		return dst, false, nil // whoever checks finds out why
	}
	return dst, r.hasHash(hashOf(dst[begin:]), position), nil
}

// supposedTags is AppendCanonical for who has another way to find out whether they are right.
func (r *Reader) supposedTags(dst []byte, position uint32) ([]byte, error) {
	begin := len(dst)
	err := r.file.call(func() (err error) {
		dst, err = r.appendCanonical(dst[:begin], position, false)
		if errors.Is(err, ErrDamaged) {
			return nil // not sure either
		}
		return err
	})
	return dst, err
}

// appendCanonical is AppendCanonical during a call. Unless checked, the bytes may be wrong.
func (r *Reader) appendCanonical(dst []byte, position uint32, checked bool) ([]byte, error) {
	groups, err := r.table(sectionRefs, divideUp(r.contents.series, groupSeries), checked)
	if err != nil {
		return dst, err
	}
	values, err := r.table(sectionTags, r.contents.tags, checked)
	if err != nil {
		return dst, err
	}
	refs, err := r.refs(&groups, position)
	if err != nil {
		return dst, err
	}
	k := 0
	for next := uint32(0); len(refs) > 0; {
		var number uint32
		var ok bool
		if number, refs, ok = cutRef(refs, next, r.contents.tags); !ok || number < r.keyFirst(k) {
			return dst, r.file.damaged(sectionRefs, "the tags of position %d make no sense", position)
		}
		next = number + 1
		for r.keys[k].end <= number {
			k++
		}
		value, err := values.at(int(number))
		if err != nil {
			return dst, err
		}
		dst = appendText(dst, r.keys[k].text)
		dst = appendText(dst, value)
		k++ // a second value of the same key is refused above
	}
	return dst, nil
}

// table begins to read a section that is a table. Unless checked, what it has may be wrong.
func (r *Reader) table(number, n int, checked bool) (sectionTable, error) {
	if checked {
		return r.file.table(number, n)
	}
	return sectionTable{view: view{file: r.file, number: number, bytes: r.file.unchecked(number)}, n: n}, nil
}

// keyFirst returns the first tag of key k, and more than any tag behind the last key.
func (r *Reader) keyFirst(k int) uint32 {
	if k == len(r.keys) {
		return uint32(r.contents.tags)
	}
	return r.keys[k].first
}

// refs returns the part of section refs that belongs to a position.
func (r *Reader) refs(groups *sectionTable, position uint32) ([]byte, error) {
	group, err := groups.at(int(position) / groupSeries)
	if err != nil {
		return nil, err
	}
	ok := true
	for range position % groupSeries {
		if ok {
			_, group, ok = cutRefs(group)
		}
	}
	var refs []byte
	if ok {
		refs, _, ok = cutRefs(group)
	}
	if !ok {
		return nil, r.file.damaged(sectionRefs, "the group of position %d makes no sense", position)
	}
	return refs, nil
}

// cutRefs returns the refs of the first series of a group, and the rest of the group.
func cutRefs(group []byte) (refs, rest []byte, ok bool) {
	size, n := binary.Uvarint(group)
	if n <= 0 || size > uint64(len(group)-n) {
		return nil, nil, false
	}
	return group[n : n+int(size)], group[n+int(size):], true
}

// cutRef returns the first tag number of refs, which is a gap from next, and the rest.
func cutRef(refs []byte, next uint32, tags int) (number uint32, rest []byte, ok bool) {
	gap, n := binary.Uvarint(refs)
	if n <= 0 || gap >= uint64(tags)-uint64(next) {
		return 0, nil, false
	}
	return next + uint32(gap), refs[n:], true
}

// appendText appends a text of canonical bytes, its length in front.
func appendText[T string | []byte](dst []byte, text T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}
