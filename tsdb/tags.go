package tsdb

import (
	"context"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A TagCount is a key, or a value of a key, with the number of series that have it.
type TagCount struct {
	Text   string
	Series int
}

// A Page limits a list of tags: it starts strictly after After, which need not exist, and has at most
// Limit entries; the empty After is the beginning and 0 no limit.
type Page struct {
	After string
	Limit int
}

// TagKeys lists the keys that the series which match where have, in bytewise order.
func (db *DB) TagKeys(ctx context.Context, where tag.Predicate, page Page) ([]TagCount, error) {
	return db.list(ctx, page, func(x *index.Index) ([]index.Count, error) {
		return x.Keys(ctx, where, index.Page(page))
	})
}

// TagValues lists the values for key of the series that match where, in bytewise order. A key that is
// not there has none.
func (db *DB) TagValues(ctx context.Context, where tag.Predicate, key string, page Page) ([]TagCount, error) {
	return db.list(ctx, page, func(x *index.Index) ([]index.Count, error) {
		return x.Values(ctx, key, where, index.Page(page))
	})
}

// list merges what the shards list. The first entries of all are among the first entries of each.
func (db *DB) list(ctx context.Context, page Page, of func(*index.Index) ([]index.Count, error)) ([]TagCount, error) {
	series := make(map[string]int)
	for _, s := range db.shards {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.mu.RLock()
		counts, err := of(s.index)
		s.mu.RUnlock()
		if err != nil {
			return nil, err
		}
		for _, c := range counts {
			series[c.Text] += c.Series
		}
	}
	merged := make([]TagCount, 0, len(series))
	for text, n := range series {
		merged = append(merged, TagCount{text, n})
	}
	slices.SortFunc(merged, func(a, b TagCount) int { return strings.Compare(a.Text, b.Text) })
	if page.Limit > 0 && len(merged) > page.Limit {
		merged = merged[:page.Limit]
	}
	return merged, nil
}
