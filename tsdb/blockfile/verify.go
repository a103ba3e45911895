package blockfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
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
		fromRefs: make([]tagSum, r.foot.tags), fromPostings: make([]tagSum, r.foot.tags),
	}
}

// note keeps a problem.
func (v *verification) note(err error) {
	if v.found++; v.found <= maxProblems {
		v.problems = append(v.problems, err)
	}
}

func (v *verification) run() {
	for _, part := range []func() error{v.blocks, v.numbers, v.values, v.refs, v.postings, v.hashes} {
		if err := v.guarded(part); err != nil {
			v.note(err)
		}
	}
	if v.found > 0 {
		return
	}
	for i := range v.fromRefs {
		if v.fromRefs[i] != v.fromPostings[i] {
			v.note(v.r.damaged(sectionPostings, "the series of tag %d are not those whose refs have it", i))
		}
	}
}

// guarded runs a part of the verification, during which pages that cannot be read are errors.
func (v *verification) guarded(part func() error) (err error) {
	a, err := v.r.enter()
	if err != nil {
		return err
	}
	defer a.leave(&err)
	return part()
}

// blocks reads all rows. One bad run or row does not keep it from the next.
func (v *verification) blocks() error {
	bad := -1 // a run whose problem is noted
	for position := range uint32(v.r.Len()) {
		run := int(position) / v.r.runSeries
		if run == bad {
			continue
		}
		if _, err := v.r.run(run); err != nil {
			v.note(err)
			bad = run
			continue
		}
		if err := v.row(position); err != nil {
			v.note(err)
		}
	}
	return nil
}

func (v *verification) row(position uint32) error {
	found := false
	err := v.r.rowBlocks(position, math.MinInt64, v.r.head.Last(), func(_ uint32, window int64, block []byte) error {
		found = true
		sum := &v.windows[window-v.r.head.First]
		sum.blocks++
		sum.bytes += int64(len(block))
		if v.check == nil {
			return nil
		}
		if err := v.check(v.r.head.Slots, block); err != nil {
			return v.r.damaged(sectionData, "block of position %d in window %d: %v", position, window, err)
		}
		return nil
	})
	if err == nil && !found {
		err = v.r.damaged(sectionData, "position %d has no block", position)
	}
	return err
}

// numbers checks that the series of a shard ascend.
func (v *verification) numbers() error {
	b, err := v.r.section(sectionNumbers)
	if err != nil {
		return err
	}
	for _, shard := range v.r.shards {
		for position := shard.First + 1; position < shard.End; position++ {
			if binary.LittleEndian.Uint32(b[4*position-4:]) >= binary.LittleEndian.Uint32(b[4*position:]) {
				return v.r.damaged(sectionNumbers, "the numbers of shard %d do not ascend at position %d", shard.Shard, position)
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
				return v.r.damaged(sectionTags, "the values of key %q do not ascend at tag %d", k.text, number)
			}
			last = value
		}
	}
	return nil
}

func (v *verification) refs() error {
	var canonical []byte
	for position := range uint32(v.r.Len()) {
		var err error
		if canonical, err = v.r.AppendCanonical(canonical[:0], position); err != nil {
			return err
		}
		refs, err := v.r.refs(position)
		if err != nil {
			return err
		}
		for next := uint32(0); len(refs) > 0; {
			var number uint32
			number, refs, _ = cutRef(refs, next, v.r.foot.tags) // AppendCanonical was content with it
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
			return v.r.damaged(sectionPostings, "the %d series of key %q are not the %d of its values",
				ofKey.series, k.text, ofValues.series)
		}
	}
	return nil
}

// list sums up a list of section postings and checks its count.
func (v *verification) list(x *index, list int) (sum tagSum, err error) {
	b, ok := x.postings.at(list)
	count, form, body, good := splitPostings(b, x.series)
	if ok = ok && good; ok && form == formGaps {
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
		return sum, v.r.damaged(sectionPostings, "list %d counts %d and has %d", list, count, sum.series)
	}
	return sum, nil
}
