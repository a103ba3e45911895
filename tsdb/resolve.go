package tsdb

import (
	"errors"

	"github.com/telamon-tsdb/telamon/tsdb/memseries"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// errNumbers refuses a new series where all numbers have been given out: with 100,000 new ones an hour in 16 shards, after
// 80 years.
var errNumbers = errors.New("new series refused: its shard has no number left")

// resolve returns the number of the series with these tags, of one that is forgotten the number that it has in files,
// and a new number where there is none.
func (s *shard) resolve(tags []byte) (uint32, error) {
	s.mu.RLock()
	number, rests, found := s.series.Table.Find(tags)
	s.mu.RUnlock()
	if found && !rests {
		return number, nil
	}
	name := memseries.Canonical(tags)
	var buf [memseries.UsualTags]tag.Tag
	parsed, err := tag.AppendParsed(buf[:0], string(name))
	if err != nil {
		return 0, err
	}
	newcomer := memseries.NewSeries(name, parsed)
	s.mu.RLock()
	generation := s.generation()
	number, filed := s.values.findFiled(tags)
	s.mu.RUnlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	if number, _, found := s.series.Table.Find(tags); found {
		s.series.Table.Wake(number)
		return number, nil
	}
	if s.generation() != generation { // it may have gone to a file in between
		number, filed = s.values.findFiled(tags)
	}
	if !filed && s.series.Table.IsFull() {
		return 0, errNumbers
	}
	if err := s.series.Admit(parsed); err != nil {
		return 0, err
	}
	if !filed {
		return s.series.Table.Define(newcomer), nil
	}
	s.series.PutBack(number, newcomer)
	s.values.catchUp(number)
	return number, nil
}
