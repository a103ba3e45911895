package tsdb

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
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
	return db.list(ctx, where, page,
		func(x *index.Index) ([]index.Count, error) { return x.Keys(where, index.Page(page)) },
		func(r *blockfile.Reader, of []uint32) ([]blockfile.Count, error) {
			return r.KeysOf(of, blockfile.Page(page))
		})
}

// TagValues lists the values for key of the series that match where, in bytewise order. A key that is
// not there has none.
func (db *DB) TagValues(ctx context.Context, where tag.Predicate, key string, page Page) ([]TagCount, error) {
	return db.list(ctx, where, page,
		func(x *index.Index) ([]index.Count, error) { return x.Values(key, where, index.Page(page)) },
		func(r *blockfile.Reader, of []uint32) ([]blockfile.Count, error) {
			return r.ValuesOf(key, of, blockfile.Page(page))
		})
}

// How to count the series of an index that a question is about, and those at some positions of a file.
type (
	countIndex func(*index.Index) ([]index.Count, error)
	countFile  func(r *blockfile.Reader, positions []uint32) ([]blockfile.Count, error)
)

// listTries is how often a list is begun again because a file was replaced meanwhile, which happens once an hour.
const listTries = 3

// list merges what the shards list.
func (db *DB) list(ctx context.Context, where tag.Predicate, page Page, ofIndex countIndex, ofFile countFile) ([]TagCount, error) {
	var t *tally
	for try := 1; ; try++ {
		t = newTally(where)
		err := t.add(ctx, db.shards, ofIndex, ofFile)
		if err == nil {
			break
		}
		if !errors.Is(err, blockfile.ErrClosed) || try == listTries {
			return nil, err
		}
	}
	merged := make([]TagCount, 0, len(t.series))
	for text, n := range t.series {
		merged = append(merged, TagCount{text, n})
	}
	slices.SortFunc(merged, func(a, b TagCount) int { return strings.Compare(a.Text, b.Text) })
	if page.Limit > 0 && len(merged) > page.Limit {
		merged = merged[:page.Limit]
	}
	return merged, nil
}

// A tally counts series by key or by value of a key, over memory and files. Counts of parts that have no series in
// common add up; and the first entries of all are among the first entries of each.
type tally struct {
	series  map[string]int
	answers *fileAnswers
	strays  map[*windowFile][]uint32 // positions, ascending: shards come in order
}

func newTally(where tag.Predicate) *tally {
	return &tally{series: make(map[string]int), answers: newFileAnswers(where), strays: make(map[*windowFile][]uint32)}
}

func (t *tally) add(ctx context.Context, shards []*shard, ofIndex countIndex, ofFile countFile) error {
	for _, s := range shards {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.addShard(s, ofIndex); err != nil {
			return err
		}
	}
	for file, positions := range t.strays {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(positions) == 0 {
			continue
		}
		counts, err := ofFile(file.reader, positions)
		if file.check(err) != nil {
			return err
		}
		for _, c := range counts {
			t.series[c.Text] += c.Series
		}
	}
	return nil
}

// addShard counts what a shard has in memory, and notes its strays.
func (t *tally) addShard(s *shard, ofIndex countIndex) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	counts, err := ofIndex(s.index)
	if err != nil {
		return err
	}
	for _, c := range counts {
		t.series[c.Text] += c.Series
	}
	parts, err := s.strayParts()
	if err != nil {
		return err
	}
	for _, part := range parts {
		file := part.filed.file
		if t.strays[file], err = s.appendStrays(t.strays[file], part, t.answers); err != nil {
			return err
		}
	}
	return nil
}
