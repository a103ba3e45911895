package blockfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
)

// maxProblems is how many problems a verification keeps; it counts the others.
const maxProblems = 20

// A verification reads a whole file and gathers what is wrong with it: more than readers look at, who only
// make sure to go nowhere they should not.
type verification struct {
	r     *Reader
	check func(slots int, block []byte) error // may be nil

	problems []error
	found    int
	windows  []windowSum

	// fromRefs and fromPostings are the series of each tag, by number, as two sections tell.
	fromRefs, fromPostings []tagSum
}

// A windowSum counts the blocks of a window.
type windowSum struct {
	blocks int
	bytes  int64
}

// A tagSum stands for a set of positions: their number and a sum that another set hardly has.
type tagSum struct {
	series int
	sum    uint64
}

func (s *tagSum) add(position uint32) {
	s.series++
	mixed := (uint64(position) + 1) * 0x9e3779b97f4a7c15
	s.sum += (mixed ^ mixed>>29) * 0xbf58476d1ce4e5b9
}

func (s *tagSum) addAll(positions []uint32) {
	for _, position := range positions {
		s.add(position)
	}
}

func newVerification(r *Reader, check func(int, []byte) error) *verification {
	return &verification{
		r: r, check: check, windows: make([]windowSum, r.head.Windows),
		fromRefs: make([]tagSum, r.contents.tags), fromPostings: make([]tagSum, r.contents.tags),
	}
}

// note keeps a problem.
func (v *verification) note(err error) {
	if v.found++; v.found <= maxProblems {
		v.problems = append(v.problems, err)
	}
}

func (v *verification) run() {
	if err := v.r.file.hold(); err != nil {
		v.note(err)
		return
	}
	defer v.r.file.letGo()
	for _, part := range []func() error{v.directories, v.chunks, v.parity, v.numbers, v.values, v.refs, v.postings, v.hashes} {
		if err := v.r.file.guarded(part); err != nil {
			v.note(err)
		}
	}
	v.blocks()
	if v.found > 0 {
		return
	}
	for i := range v.fromRefs {
		if v.fromRefs[i] != v.fromPostings[i] {
			v.note(v.r.file.damaged(sectionPostings, "the series of tag %d are not those whose refs have it", i))
		}
	}
}

// blocks reads all rows. One bad row or block does not keep it from the next.
func (v *verification) blocks() {
	b := &rowBuffer{strict: true}
	for position := range uint32(v.r.Len()) {
		s, err := v.r.surveyRow(b, position)
		if err != nil {
			v.note(err)
			return
		}
		for _, piece := range b.lost {
			v.note(fmt.Errorf("%w (%v)", piece.cause, Extent{s, s, piece.first, piece.last}))
		}
		for _, block := range b.blocks {
			v.block(position, block.window, b.bytes[block.start:block.end])
		}
		if len(b.blocks) == 0 && len(b.lost) == 0 {
			v.note(v.r.file.damaged(sectionData, "position %d has no block", position))
		}
	}
}

func (v *verification) block(position uint32, window int64, block []byte) {
	sum := &v.windows[window-v.r.head.First]
	sum.blocks++
	sum.bytes += int64(len(block))
	if v.check == nil {
		return
	}
	if err := v.check(v.r.head.Slots, block); err != nil {
		v.note(v.r.file.damaged(sectionData, "block of position %d in window %d: %v", position, window, err))
	}
}

// numbers checks that the series of a shard ascend.
func (v *verification) numbers() error {
	all, err := v.r.file.view(sectionNumbers)
	if err != nil {
		return err
	}
	b, err := all.all()
	if err != nil {
		return err
	}
	for _, shard := range v.r.shards {
		for position := shard.First + 1; position < shard.End; position++ {
			if binary.LittleEndian.Uint32(b[4*position-4:]) >= binary.LittleEndian.Uint32(b[4*position:]) {
				return v.r.file.damaged(sectionNumbers, "the numbers of shard %d do not ascend at position %d", shard.Shard, position)
			}
		}
	}
	return nil
}

// values checks that the values of a key ascend.
func (v *verification) values() error {
	x, err := v.r.index(context.Background())
	if err != nil {
		return err
	}
	for _, k := range v.r.keys {
		var last []byte
		for number := k.first; number < k.end; number++ {
			value, err := x.value(number)
			if err != nil {
				return err
			}
			if number > k.first && bytes.Compare(last, value) >= 0 {
				return v.r.file.damaged(sectionTags, "the values of key %q do not ascend at tag %d", k.text, number)
			}
			last = value
		}
	}
	return nil
}

func (v *verification) refs() error {
	groups, err := v.r.table(sectionRefs, divideUp(v.r.contents.series, groupSeries), true)
	if err != nil {
		return err
	}
	var canonical []byte
	for position := range uint32(v.r.Len()) {
		if canonical, err = v.r.appendCanonical(canonical[:0], position, true); err != nil {
			return err
		}
		refs, err := v.r.refs(&groups, position)
		if err != nil {
			return err
		}
		for next := uint32(0); len(refs) > 0; {
			var number uint32
			number, refs, _ = cutRef(refs, next, v.r.contents.tags) // appendCanonical was content with it
			v.fromRefs[number].add(position)
			next = number + 1
		}
	}
	return nil
}

func (v *verification) postings() error {
	x, err := v.r.index(context.Background())
	if err != nil {
		return err
	}
	for i, k := range v.r.keys {
		ofKey, err := v.list(x, i)
		if err != nil {
			return err
		}
		var ofValues tagSum
		for number := k.first; number < k.end; number++ {
			of, err := v.list(x, len(v.r.keys)+int(number))
			if err != nil {
				return err
			}
			v.fromPostings[number] = of
			ofValues.series += of.series
			ofValues.sum += of.sum
		}
		if ofKey != ofValues {
			return v.r.file.damaged(sectionPostings, "the %d series of key %q are not the %d of its values",
				ofKey.series, k.text, ofValues.series)
		}
	}
	return nil
}

// list sums up a list of section postings and checks its count.
func (v *verification) list(x *index, list int) (sum tagSum, err error) {
	b, err := x.postings.at(list)
	if err != nil {
		return sum, err
	}
	count, form, body, ok := splitPostings(b, x.series)
	if ok && form == formGaps {
		gaps := gapReader{body: body, series: x.series}
		var chunk [gapChunk]uint32
		for positions := gaps.next(&chunk); len(positions) > 0; positions = gaps.next(&chunk) {
			sum.addAll(positions)
		}
		ok = !gaps.bad
	} else if ok {
		m := newBitmap(x.series)
		ok = m.add(b, x.series)
		sum.addAll(m.positions())
	}
	if !ok || count != sum.series || count == 0 {
		return sum, v.r.file.damaged(sectionPostings, "list %d counts %d and has %d", list, count, sum.series)
	}
	return sum, nil
}

// hashes checks that every series is where it is looked for.
func (v *verification) hashes() error {
	if v.r.file.version == 1 {
		return nil
	}
	section, err := v.r.file.view(sectionHashes)
	if err != nil {
		return err
	}
	b, err := section.all()
	if err != nil {
		return err
	}
	all := make([]hashed, v.r.Len())
	var canonical []byte
	for position := range all {
		if canonical, err = v.r.appendCanonical(canonical[:0], uint32(position), true); err != nil {
			return err
		}
		all[position] = hashed{hashOf(canonical), uint32(position)}
	}
	if string(appendHashes(nil, v.r.file.version, all)) != string(b) {
		return v.r.file.damaged(sectionHashes, "the hashes are not those of the series' tags")
	}
	return nil
}
