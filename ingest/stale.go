package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb"
)

// appendStale stores what the store refused because its series was evicted since the memo or the decoder put it
// down: it resolves the tags anew and appends those points once more. It returns the refusals that are left, in
// terms of s.points.
//
// A sender that comes back after a pause must not learn of our eviction by an error. The evicted points of a series
// are all of its points in the batch, so that their order is kept.
//
// The first Append is durable by now. So an error of the second one refuses its points one by one, with that error as
// the reason, and not the whole request: a client that sent all of it again would add sums twice.
func (p *Pipeline) appendStale(ctx context.Context, refused []tsdb.Refusal, src Source, s *scratch, report *Report, tally *tally) []tsdb.Refusal {
	var left []tsdb.Refusal
	var origin []int // of again[i]: its position in s.points
	var again []tsdb.Point
	renewed := map[Key]tsdb.Ref{} // what this request has resolved anew
	for _, one := range refused {
		if !errors.Is(one.Err, tsdb.ErrUnknownRef) {
			left = append(left, one)
			continue
		}
		i := int(s.origin[one.Index])
		key := src.Sample(i).Encoded
		ref := renewed[key] // the Ref of an evicted series that has values in files is the stale one: only this map tells
		if ref == 0 {
			p.memo.Forget(key)
			if ref = p.resolve(src, i, s, report, tally); ref == 0 {
				continue
			}
			p.memo.Remember(key, ref)
			if key != (Key{}) {
				renewed[key] = ref
			}
		}
		point := s.points[one.Index]
		point.Ref = ref
		again, origin = append(again, point), append(origin, one.Index)
	}
	if len(again) == 0 {
		return left
	}
	still, err := p.store.Append(ctx, again)
	if err != nil {
		for _, at := range origin {
			left = append(left, tsdb.Refusal{Index: at, Err: fmt.Errorf("its series was evicted and could not be written anew: %w", err)})
		}
	}
	for _, one := range still {
		left = append(left, tsdb.Refusal{Index: origin[one.Index], Err: one.Err})
	}
	slices.SortFunc(left, func(a, b tsdb.Refusal) int { return a.Index - b.Index })
	return left
}
