package tsdb

import (
	"context"

	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A TagCount is a key, or a value of a key, with the number of series that have it.
type TagCount = index.Count

// A Page limits a list of tags: it starts strictly after After, which need not exist, and has at most
// Limit entries; the empty After is the beginning and 0 no limit.
type Page struct {
	After string
	Limit int
}

// TagKeys lists the keys that the series which match where have, in bytewise order.
func (db *DB) TagKeys(ctx context.Context, where tag.Predicate, page Page) ([]TagCount, error) {
	var lists [][]TagCount
	for _, s := range db.shards {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.mu.RLock()
		keys, err := s.index.Keys(ctx, where, index.Page(page))
		s.mu.RUnlock()
		if err != nil {
			return nil, err
		}
		lists = append(lists, keys)
	}
	return mergeTags(lists, page.Limit), nil
}

// TagValues lists the values for key of the series that match where, in bytewise order. A key that is
// not there has none.
func (db *DB) TagValues(ctx context.Context, where tag.Predicate, key string, page Page) ([]TagCount, error) {
	return db.tags.Values(ctx, key, where, index.Page(page), func(t *index.Tally) error {
		for _, s := range db.shards {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.mu.RLock()
			err := t.Add(s.index)
			s.mu.RUnlock()
			if err != nil {
				return err
			}
		}
		return nil
	})
}
