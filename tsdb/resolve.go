package tsdb

import (
	"errors"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// errNumbers refuses a new series where all numbers have been given out: with 100,000 new ones an hour in 16 shards, after
// 80 years.
var errNumbers = errors.New("new series refused: its shard has no number left")

// resolve returns the number of the series with these tags, of one that is forgotten the number that it has in files,
// and a new number where there is none.
func (s *shard) resolve(tags []byte) (uint32, error) {
	s.mu.RLock()
	number, found := s.roster.find(tags)
	rests := found && s.roster.at(number).resting != 0
	s.mu.RUnlock()
	if found && !rests {
		return number, nil
	}
	name := canonical(tags)
	var buf [usualTags]tag.Tag
	parsed, err := tag.AppendParsed(buf[:0], string(name))
	if err != nil {
		return 0, err
	}
	newcomer := newSeries(name, parsed)
	s.mu.RLock()
	moves := s.moves
	number, filed := s.findFiled(tags)
	s.mu.RUnlock()

	s.mu.Lock()
	defer s.mu.Unlock()
	if number, found := s.roster.find(tags); found {
		s.roster.wake(number)
		return number, nil
	}
	if s.moves != moves { // it may have gone to a file in between
		number, filed = s.findFiled(tags)
	}
	if !filed && s.roster.next > maxNumber {
		return 0, errNumbers
	}
	if err := s.census.admit(parsed); err != nil {
		return 0, err
	}
	if !filed {
		return s.roster.define(newcomer), nil
	}
	s.introduce(number, newcomer)
	s.catchUp(number)
	s.roster.unlogged = append(s.roster.unlogged, number)
	s.roster.idle = append(s.roster.idle, number)
	return number, nil
}

// introduce enters a series under a number that has none, or whose tags were lost.
func (s *shard) introduce(number uint32, newcomer series) {
	entry := s.roster.at(number)
	if entry == nil {
		s.roster.put(number, newcomer)
		return
	}
	newcomer.windows, newcomer.state = entry.windows, entry.state
	*entry = newcomer
	s.roster.name(number)
	if entry.windows > 0 {
		s.index.Add(number, entry.tags.tags())
	}
}
