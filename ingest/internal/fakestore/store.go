package fakestore

import (
	"context"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Stored is one sample that was appended.
type Stored struct {
	Tags  string // tag.Tags.String of its series
	Time  int64
	Value float64
}

// Store is an ingest.Store. The zero value is empty and takes everything. Its methods may be called at
// the same time; Refuse is set before.
type Store struct {
	// Refuse says which points to refuse, if not nil: those for which it returns an error.
	Refuse func(tsdb.Point) error

	mu sync.Mutex // guards the fields below
	// resolveErr and appendErr are returned in place of an answer, if set.
	resolveErr, appendErr error

	refs     map[string]tsdb.Ref
	names    []string // of refs 1, 2, ...
	stored   []Stored
	resolved int
}

// FailResolve makes Resolve return err from now on; nil ends that.
func (s *Store) FailResolve(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resolveErr = err
}

// FailAppend makes Append return err from now on; nil ends that.
func (s *Store) FailAppend(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appendErr = err
}

// Resolve numbers tag sets from 1 in order of appearance. It fails for bytes that are not canonical.
func (s *Store) Resolve(canonical []byte) (tsdb.Ref, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.resolved++
	if s.resolveErr != nil {
		return 0, s.resolveErr
	}
	if ref, ok := s.refs[string(canonical)]; ok {
		return ref, nil
	}
	tags, err := tag.ParseCanonical(canonical)
	if err != nil {
		return 0, err
	}
	if s.refs == nil {
		s.refs = make(map[string]tsdb.Ref)
	}
	s.names = append(s.names, tags.String())
	ref := tsdb.Ref(len(s.names))
	s.refs[string(canonical)] = ref
	return ref, nil
}

// Append keeps the batch but for the points that Refuse names.
func (s *Store) Append(ctx context.Context, batch []tsdb.Point) ([]tsdb.Refusal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.appendErr != nil {
		return nil, s.appendErr
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var refused []tsdb.Refusal
	for i, p := range batch {
		if s.Refuse != nil {
			if err := s.Refuse(p); err != nil {
				refused = append(refused, tsdb.Refusal{Index: i, Err: err})
				continue
			}
		}
		s.stored = append(s.stored, Stored{s.names[p.Ref-1], p.Time, p.Value})
	}
	return refused, nil
}

// Stored returns the samples so far, in order.
func (s *Store) Stored() []Stored {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Stored(nil), s.stored...)
}

// Resolved returns the number of calls of Resolve so far.
func (s *Store) Resolved() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resolved
}
