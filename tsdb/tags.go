package tsdb

import (
	"context"
	"errors"
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// A TagCount is a key, or a value of a key, with the number of series that have it.
type TagCount = index.Count

// A Page limits a list of tags: it starts strictly after After, which need not exist, and has at most
// Limit entries; the empty After is the beginning and 0 no limit.
type Page struct {
	After string
	Limit int
	// Uncounted says that nobody looks at the numbers of series: where counting costs something, they are 1.
	Uncounted bool
}

// ofFile returns the page for a file, which always counts.
func (p Page) ofFile() blockfile.Page { return blockfile.Page{After: p.After, Limit: p.Limit} }

// TagKeys lists the keys that the series which match where have, in bytewise order.
func (db *DB) TagKeys(ctx context.Context, where tag.Predicate, page Page) ([]TagCount, error) {
	return db.listTags(ctx, where, page, func(matching *condition) ([][]TagCount, error) {
		strays := newStrayList(matching)
		var lists [][]TagCount
		err := db.eachShard(ctx, matching, func(locked context.Context, s *shard) error {
			keys, err := matching.tested.Keys(locked, s.series.Index, index.Page(page))
			if err != nil {
				return err
			}
			lists = append(lists, keys)
			return strays.add(locked, s)
		})
		if err != nil {
			return nil, err
		}
		return strays.count(lists, func(r *blockfile.Reader, positions []uint32) ([]blockfile.Count, error) {
			return r.Keys(ctx, positions, page.ofFile())
		})
	})
}

// TagValues lists the values for key of the series that match where, in bytewise order. A key that is
// not there has none.
func (db *DB) TagValues(ctx context.Context, where tag.Predicate, key string, page Page) ([]TagCount, error) {
	return db.listTags(ctx, where, page, func(matching *condition) ([][]TagCount, error) {
		strays := newStrayList(matching)
		values, err := db.tags.Values(ctx, key, where, index.Page(page), func(t *index.Tally) error {
			return db.eachShard(ctx, matching, func(locked context.Context, s *shard) error {
				return errors.Join(t.Add(s.series.Index), strays.add(locked, s))
			})
		})
		if err != nil {
			return nil, err
		}
		return strays.count([][]TagCount{values}, func(r *blockfile.Reader, positions []uint32) ([]blockfile.Count, error) {
			return r.Values(ctx, key, positions, page.ofFile())
		})
	})
}

// listTries is how often a list is begun again because a file was replaced meanwhile, which happens once an hour.
const listTries = 3

// listTags adds up lists of series that have none in common, those of the shards' indexes and of the strays in files:
// the first entries of all are among the first of each.
func (db *DB) listTags(ctx context.Context, where tag.Predicate, page Page, lists func(*condition) ([][]TagCount, error)) ([]TagCount, error) {
	for try := 1; ; try++ {
		matching, err := db.condition(ctx, where)
		if err != nil {
			return nil, err
		}
		all, err := lists(matching)
		matching.close()
		if err == nil {
			return mergeTags(all, page.Limit), nil
		}
		if !errors.Is(err, blockfile.ErrClosed) || try == listTries {
			return nil, err
		}
	}
}

// eachShard calls visit for each shard, in order, with its lock held for reading and a context in which nobody passes a turn
// on: commits wait. The files have been asked what they have by then.
func (db *DB) eachShard(ctx context.Context, matching *condition, visit func(context.Context, *shard) error) error {
	locked := turn.NewContext(ctx, nil)
	for _, s := range db.shards {
		if err := turn.FromContext(ctx).Yield(ctx); err != nil {
			return err
		}
		if _, all := matching.where.(tag.True); !all {
			matching.ask(ctx, s, math.MinInt64, math.MaxInt64)
		}
		s.mu.RLock()
		err := visit(locked, s)
		s.mu.RUnlock()
		if err != nil {
			return err
		}
	}
	return nil
}

func tagCounts(list []blockfile.Count) []TagCount {
	counts := make([]TagCount, len(list))
	for i, c := range list {
		counts[i] = TagCount(c)
	}
	return counts
}
