package index

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// fewSeries is up to how many series postings are an array. A roaring bitmap of one container is 140 bytes of
// objects and 2 bytes a series, an array 4 and what append leaves free.
const fewSeries = 48

// postings are a set of series: an array while they are few, a bitmap when they are many. The zero value is the
// empty set. A copy is the same set; what is made from postings may share memory with them.
type postings struct {
	few  []uint32        // ascending; used where many is nil
	many *roaring.Bitmap // of at least fewSeries/2, in the index
}

// add inserts a series and reports whether it was not there. At the end it costs nothing much.
func (p *postings) add(series uint32) bool {
	if p.many != nil {
		return p.many.CheckedAdd(series)
	}
	n := len(p.few)
	if n == 0 || p.few[n-1] < series {
		p.few = append(p.few, series)
	} else {
		at, found := slices.BinarySearch(p.few, series)
		if found {
			return false
		}
		p.few = slices.Insert(p.few, at, series)
	}
	if n == fewSeries {
		*p = postings{many: roaring.BitmapOf(p.few...)}
	}
	return true
}

// remove deletes a series and reports whether it was there.
func (p *postings) remove(series uint32) bool {
	if p.many != nil {
		if !p.many.CheckedRemove(series) {
			return false
		}
		if p.many.GetCardinality() < fewSeries/2 {
			*p = postings{few: p.many.ToArray()}
		}
		return true
	}
	at, found := slices.BinarySearch(p.few, series)
	if !found {
		return false
	}
	p.few = slices.Delete(p.few, at, at+1)
	if cap(p.few) > 4*len(p.few)+4 {
		p.few = slices.Clone(p.few) // give the memory back
	}
	return true
}

// count returns the number of series.
func (p postings) count() int {
	if p.many != nil {
		return int(p.many.GetCardinality())
	}
	return len(p.few)
}

func (p postings) empty() bool { return len(p.few) == 0 && (p.many == nil || p.many.IsEmpty()) }

// clone returns the same set in new memory.
func (p postings) clone() postings {
	if p.many != nil {
		return postings{many: p.many.Clone()}
	}
	return postings{few: slices.Clone(p.few)}
}

// ends returns the least and the greatest series of postings that are not empty.
func (p postings) ends() (least, greatest uint32) {
	if p.many != nil {
		return p.many.Minimum(), p.many.Maximum()
	}
	return p.few[0], p.few[len(p.few)-1]
}

// array returns the series, ascending; p's own memory where they are few.
func (p postings) array() []uint32 {
	if p.many != nil {
		return p.many.ToArray()
	}
	return slices.Clip(p.few)
}
