package fakestore

import (
	"context"
	"slices"
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
	// appends is how many more calls of Append succeed before appendErr is returned.
	appends int
	evicted map[tsdb.Ref]bool

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

// FailAppendBehind makes Append return err from now on, once it has succeeded n more times.
func (s *Store) FailAppendBehind(n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appends, s.appendErr = n, err
}

// Evict makes Append refuse points of these series, of all without tags given, with tsdb.ErrUnknownRef until they
// are resolved again. They keep their references, as series do that have values in files.
func (s *Store) Evict(tags ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.evicted = make(map[tsdb.Ref]bool)
	for i, name := range s.names {
		if len(tags) == 0 || slices.Contains(tags, name) {
			s.evicted[tsdb.Ref(i+1)] = true
		}
	}
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
		delete(s.evicted, ref)
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
	if s.appendErr != nil && s.appends == 0 {
		return nil, s.appendErr
	}
	s.appends = max(0, s.appends-1)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var refused []tsdb.Refusal
	for i, p := range batch {
		if s.evicted[p.Ref] {
			refused = append(refused, tsdb.Refusal{Index: i, Err: tsdb.ErrUnknownRef})
			continue
		}
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
