package tsdb

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/index"
	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/normalize"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/turn"
)

// The series of windows that are in files only are found by the files: which match a question (candidates), what their
// tags are (describe), and which number belongs to tags (findFiled). The caller holds the shard's lock, for reading at
// least: the files that its windows name stay open meanwhile.

// newestFiles calls visit with each file that windows of the shard read, the newest first, until it returns false.
func (v *windowSet) newestFiles(visit func(*filedWindow) bool) {
	var last *windowFile
	var seen []*windowFile // those of several windows: they come one behind the other, but for files that stand in
	for i := len(v.order) - 1; i >= 0; i-- {
		filed := filePart(v.byNumber[v.order[i]])
		if filed == nil || filed.file == last {
			continue
		}
		if !filed.alone() {
			last = filed.file
			if slices.Contains(seen, last) {
				continue
			}
			seen = append(seen, last)
		}
		if !visit(filed) {
			return
		}
	}
}

// findFiled returns the number under which files have the series with some tags. What is lost of a file is missing.
func (v *windowSet) findFiled(tags []byte) (number uint32, found bool) {
	v.newestFiles(func(filed *filedWindow) bool {
		position, has, err := filed.file.reader.FindTags(v.shard, tags)
		if err != nil || !has {
			return true
		}
		one, err := filed.file.reader.Series(position)
		number, found = one.Number, err == nil
		return !found
	})
	return number, found
}

// stateOfFiled returns the state that the normaliser has after the newest value of a series.
func (v *windowSet) stateOfFiled(number uint32) (state normalize.State) {
	scratch := make([]float64, v.grid.Width)
	for i := len(v.order) - 1; i >= 0; i-- {
		w := v.byNumber[v.order[i]]
		if !w.holds(number) {
			continue
		}
		values, err := w.slots(number, scratch)
		if err != nil {
			continue
		}
		for slot := len(values) - 1; slot >= 0; slot-- {
			if value := values[slot]; value == value {
				return normalize.OnGrid(v.grid.TimeOf(v.grid.FirstSlot(v.order[i]) + int64(slot)))
			}
		}
	}
	return state
}

// knowFromFiles gives a series the tags that files have for its number, and the state that they leave it in unless it has
// a newer one, and reports whether any has.
func (v *windowSet) knowFromFiles(number uint32) bool {
	known := false
	v.newestFiles(func(filed *filedWindow) bool {
		tags, parsed, err := filed.tagsOf(number)
		if err != nil || tags == memseries.UnknownTags {
			return true
		}
		v.series.Register(number, tags, parsed)
		v.catchUp(number)
		known = true
		return false
	})
	return known
}

// catchUp gives a series the state after its newest value in any window, unless it has a newer one.
func (v *windowSet) catchUp(number uint32) {
	entry := v.series.Get(number)
	if entry.Kind != normalize.Rate && entry.Kind != normalize.Counter {
		return
	}
	if state := v.stateOfFiled(number); state.Last > entry.State.Last {
		entry.State = state
	}
}

// tagsOf returns the tags of a series; they are lost if the file does not have it.
func (w *filedWindow) tagsOf(number uint32) (memseries.Canonical, tag.Tags, error) {
	position, found, err := w.file.reader.Find(blockfile.Series{Shard: w.shard, Number: number})
	if err != nil || !found {
		return memseries.UnknownTags, nil, err
	}
	tags, err := w.file.reader.AppendCanonical(nil, position)
	if err != nil {
		return memseries.UnknownTags, nil, err
	}
	parsed, err := tag.ParseCanonical(tags) // as the reader says it is
	return memseries.Canonical(tags), parsed, err
}

// A condition is a predicate and what is known of it without the lock of any shard: the values that its patterns match, and
// the series that satisfy it in block files. Each file is asked once, by the shard that needs it first.
type condition struct {
	where  tag.Predicate
	tested *index.Tested

	mu     sync.Mutex // guards byFile
	byFile map[*blockfile.Reader]*fileAnswer
}

type fileAnswer struct {
	done      chan struct{} // closed when the rest is there
	positions []uint32      // ascending
	err       error
}

// condition tests the patterns of a predicate. The caller closes what it returns. The error is that of index.Lookup.
func (db *DB) condition(ctx context.Context, where tag.Predicate) (*condition, error) {
	tested, err := db.tags.Test(ctx, where)
	if err != nil {
		return nil, err
	}
	return &condition{where: where, tested: tested, byFile: make(map[*blockfile.Reader]*fileAnswer)}, nil
}

func (c *condition) close() { c.tested.Close() }

// of returns the positions in the file of w that satisfy the predicate and are of its shard. Whoever asks while another
// goroutine looks waits for that, without its turn.
func (c *condition) of(ctx context.Context, w *filedWindow) ([]uint32, error) {
	reader := w.file.reader
	c.mu.Lock()
	answer, known := c.byFile[reader]
	if !known {
		answer = &fileAnswer{done: make(chan struct{})}
		c.byFile[reader] = answer
	}
	c.mu.Unlock()
	if !known {
		defer close(answer.done)
		answer.positions, answer.err = reader.Lookup(ctx, c.where)
		return w.part.Of(answer.positions), answer.err
	}
	if err := awaitAnswer(ctx, answer.done); err != nil {
		return nil, err
	}
	return w.part.Of(answer.positions), answer.err
}

func awaitAnswer(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	return turn.FromContext(ctx).Outside(ctx, func() error { <-done; return nil })
}

// ask asks the files of a shard that have some of the slots from first to last, so that candidates has their answers at
// hand. The caller does not hold the lock: an index that is read for the first time may take its time, and commits would
// wait. An answer that is an error, also because the file is gone by now, is for candidates to find.
func (c *condition) ask(ctx context.Context, s *shard, first, last int64) {
	var files []*filedWindow
	s.mu.RLock()
	s.values.newestFiles(func(filed *filedWindow) bool {
		if first <= s.grid.LastSlot(filed.file.last) && last >= s.grid.FirstSlot(filed.file.first) {
			files = append(files, filed)
		}
		return true
	})
	s.mu.RUnlock()
	for _, filed := range files {
		_, _ = c.of(ctx, filed)
	}
}

// candidates returns the series that satisfy the predicate and may have values in some of the windows, ascending: what
// the index has, and what the files have that windows read.
func (s *shard) candidates(ctx context.Context, windows []numberedWindow, where *condition) ([]uint32, error) {
	numbers, err := where.tested.Lookup(ctx, s.series.Index)
	if err != nil {
		return nil, err
	}
	lists := [][]uint32{numbers}
	var seen []*windowFile
	for _, w := range windows {
		filed := filePart(w.window)
		if filed == nil || slices.Contains(seen, filed.file) {
			continue
		}
		seen = append(seen, filed.file)
		positions, err := where.of(ctx, filed)
		if err != nil {
			return nil, err
		}
		list, err := filed.file.reader.AppendNumbers(make([]uint32, 0, len(positions)), positions)
		if errors.Is(err, blockfile.ErrDamaged) {
			continue // all of it is lost
		}
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return united(lists), nil
}

// united returns the numbers that are in any of some ascending lists, of which there is one at least. It may be one of them.
func united(lists [][]uint32) []uint32 {
	for len(lists) > 1 { // neighbours first: files of one fleet have the same series
		var halves [][]uint32
		for i := 0; i < len(lists); i += 2 {
			if i+1 < len(lists) {
				halves = append(halves, unitedTwo(lists[i], lists[i+1]))
			} else {
				halves = append(halves, lists[i])
			}
		}
		lists = halves
	}
	return lists[0]
}

func unitedTwo(a, b []uint32) []uint32 {
	if isSubset(b, a) {
		return a
	}
	both := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			both, a = append(both, a[0]), a[1:]
		case b[0] < a[0]:
			both, b = append(both, b[0]), b[1:]
		default:
			both, a, b = append(both, a[0]), a[1:], b[1:]
		}
	}
	return append(append(both, a...), b...)
}

// isSubset reports whether all of few are in many.
func isSubset(few, many []uint32) bool {
	for _, n := range few {
		for len(many) > 0 && many[0] < n {
			many = many[1:]
		}
		if len(many) == 0 || many[0] != n {
			return false
		}
	}
	return true
}

// evictedSeries are the series that a reader has met in a shard whose table has evicted them, by number.
type evictedSeries map[uint32]*memseries.Series

// evictedBytes is what one of them takes besides its tags.
const evictedBytes = 200

// describe returns what is known of a series besides its values: by the series table or, where that has evicted it, by the
// files of windows; nil where they are lost.
func (s *shard) describe(number uint32, windows []numberedWindow, r *reader) (*memseries.Series, error) {
	if entry := s.series.Get(number); entry != nil {
		return entry, nil
	}
	if entry := r.evicted[number]; entry != nil {
		return entry, nil
	}
	for _, w := range windows {
		filed := filePart(w.window)
		if filed == nil {
			continue
		}
		tags, parsed, err := filed.tagsOf(number)
		if err != nil && !errors.Is(err, blockfile.ErrDamaged) {
			return nil, err
		}
		if tags != memseries.UnknownTags {
			entry := memseries.NewSeries(tags, parsed)
			r.evicted[number] = &entry
			return &entry, r.used.addBytes(evictedBytes + len(tags))
		}
	}
	return nil, nil
}

// tagsIn returns the tags of a series that part, a window of the shard, has.
func (s *shard) tagsIn(number uint32, part window) (memseries.Canonical, error) {
	s.mu.RLock()
	entry := s.series.Get(number)
	s.mu.RUnlock()
	if entry != nil {
		return entry.Tags, nil // they do not change, and only Maintain, who asks, forgets
	}
	filed := filePart(part)
	if filed == nil {
		return memseries.UnknownTags, nil
	}
	tags, _, err := filed.tagsOf(number)
	return tags, err
}
