package tsdb

import (
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
)

const (
	// idleSlots is how many slots behind the end of a window stragglers are expected, and what normalisation
	// emits into the slot before.
	idleSlots = 5
	// idlePortion is how many series are encoded at a stretch, with the lock held for reading: a commit waits for
	// two milliseconds at most.
	idlePortion = 1024
)

// sealIdle seals the open windows that end before slot and have not been written to since it was last called: a
// window of floats takes four times the memory of its blocks, and the commit that opens the third would wait for the
// sealing of a whole one.
func (m *maintenance) sealIdle(slot int64) error {
	encoder := gorilla.NewEncoder(m.grid.StepMillis)
	for _, s := range m.shards {
		if err := s.sealIdleBefore(slot, encoder); err != nil {
			return err
		}
	}
	return nil
}

// sealIdleBefore does that for a shard.
func (s *shard) sealIdleBefore(slot int64, encoder *gorilla.Encoder) error {
	for _, w := range s.idleWindows(slot) {
		if err := s.sealIdle(w, encoder); err != nil {
			return fmt.Errorf("shard %d: window %d stays open: %w", s.number, w.number, err)
		}
	}
	return nil
}

// idleWindows returns the windows that are idle, and notes how much has been written to the others.
func (s *shard) idleWindows(slot int64) (idle []*openWindow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range s.values.order {
		w, ok := s.values.byNumber[number].(*openWindow)
		if !ok {
			continue
		}
		if w.lastWrite == w.seen && s.grid.LastSlot(number) < slot && s.values.liftLeft(w) == nil {
			idle = append(idle, w)
		}
		w.seen = w.lastWrite
	}
	return idle
}

// sealIdle seals a window while others read and, between two portions, write. Once it is written to, or sealed by a
// commit that wants to open another, the work is for nothing.
func (s *shard) sealIdle(w *openWindow, encoder *gorilla.Encoder) error {
	b := w.newBuilder(encoder)
	var members []uint32
	idle := s.whileIdle(w, func() { members = countedIn(w) })
	for portion := range slices.Chunk(members, idlePortion) {
		var err error
		idle = idle && s.whileIdle(w, func() {
			for _, number := range portion {
				if err == nil {
					err = b.addFrom(w, number)
				}
			}
		})
		if err != nil || !idle {
			b.window.free()
			return err
		}
	}
	sealed := b.finish()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values.isIdle(w) {
		s.values.replace(w, sealed)
	} else {
		sealed.free()
	}
	return nil
}

// whileIdle calls do with the lock held for reading, if w is still idle.
func (s *shard) whileIdle(w *openWindow, do func()) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.values.isIdle(w) {
		return false
	}
	do()
	return true
}

// isIdle reports whether w is open still and has not been written to since idleWindows. The caller holds the lock.
func (v *windowSet) isIdle(w *openWindow) bool {
	return v.byNumber[w.number] == window(w) && w.lastWrite == w.seen
}
