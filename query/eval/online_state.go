package eval

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/telamon-tsdb/telamon/query/expr"
)

// ErrState reports bytes that are not the state of the word they were given to.
var ErrState = errors.New("not the state of this word")

// The state of a word is a row of numbers, little endian: counts as uvarints, values as 8 bytes.
//
//	ring        uvarint next, uvarint seen, values      the number of values is a setting
//	smoothing   uvarint seen, uvarint missing, level, slope

func appendFloat(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}

// A stateReader takes numbers off the start of bytes. After the first failure it reads zeros.
type stateReader struct {
	rest   []byte
	failed bool
}

func (r *stateReader) float() float64 {
	if len(r.rest) < 8 {
		r.failed = true
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.rest))
	r.rest = r.rest[8:]
	return v
}

// count reads a number from 0 to limit.
func (r *stateReader) count(limit int) int {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > uint64(limit) {
		r.failed = true
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

// finish returns what SetState does; it resets the word if reading failed.
func (r *stateReader) finish(word Online) ([]byte, error) {
	if r.failed {
		word.Reset()
		return nil, fmt.Errorf("eval: state of %T: %w", word, ErrState)
	}
	return r.rest, nil
}

func (r *ring) appendState(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(r.next))
	dst = binary.AppendUvarint(dst, uint64(r.seen))
	for _, v := range r.values {
		dst = appendFloat(dst, v)
	}
	return dst
}

func (r *ring) setState(src *stateReader) {
	r.next, r.seen, r.there = src.count(len(r.values)-1), src.count(len(r.values)), 0
	for i := range r.values {
		v := src.float()
		r.values[i] = v
		if !isNaN(v) {
			r.there++
		}
	}
}

func (s *summed) appendState(dst []byte) []byte {
	return appendFloat(s.ring.appendState(dst), s.sum)
}

func (s *summed) setState(src *stateReader) {
	s.ring.setState(src)
	s.sum = src.float()
}

func (d *delay) AppendState(dst []byte) []byte { return d.last.appendState(dst) }
func (d *delay) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	d.last.setState(&r)
	return r.finish(d)
}

func (c *rollingCount) AppendState(dst []byte) []byte { return c.last.appendState(dst) }
func (c *rollingCount) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	c.last.setState(&r)
	c.count = 0
	for _, v := range c.last.values {
		if expr.Truth(v) {
			c.count++
		}
	}
	return r.finish(c)
}

func (x *rollingExtreme) AppendState(dst []byte) []byte { return x.last.appendState(dst) }
func (x *rollingExtreme) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	x.last.setState(&r)
	x.rescan()
	return r.finish(x)
}

func (s *rollingSum) AppendState(dst []byte) []byte { return s.window.appendState(dst) }
func (s *rollingSum) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	s.window.setState(&r)
	return r.finish(s)
}

func (m *rollingMean) AppendState(dst []byte) []byte { return m.window.appendState(dst) }
func (m *rollingMean) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	m.window.setState(&r)
	return r.finish(m)
}

func (t *trend) AppendState(dst []byte) []byte {
	return appendFloat(t.last.appendState(dst), t.sum)
}
func (t *trend) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	t.last.setState(&r)
	t.sum = r.float()
	return r.finish(t)
}

func (identity) AppendState(dst []byte) []byte       { return dst }
func (identity) SetState(src []byte) ([]byte, error) { return src, nil }
func (r *running) AppendState(dst []byte) []byte     { return appendFloat(dst, r.value) }
func (d *derivative) AppendState(dst []byte) []byte  { return appendFloat(dst, d.previous) }

func (r *running) SetState(src []byte) ([]byte, error) {
	reader := stateReader{rest: src}
	r.value = reader.float()
	return reader.finish(r)
}

func (d *derivative) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	d.previous = r.float()
	return r.finish(d)
}

func (s *smoothing) AppendState(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(s.seen))
	dst = binary.AppendUvarint(dst, uint64(s.missing))
	return appendFloat(appendFloat(dst, s.level), s.slope)
}

func (s *smoothing) setState(r *stateReader) {
	s.seen, s.missing = r.count(math.MaxInt), r.count(math.MaxInt)
	s.level, s.slope = r.float(), r.float()
}

func (s *smoothing) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	s.setState(&r)
	return r.finish(s)
}

func (s *sliding) AppendState(dst []byte) []byte {
	dst = append(dst, byte(toSignal(s.onSecond)))
	dst = binary.AppendUvarint(dst, uint64(s.steps))
	return s.second.AppendState(s.first.AppendState(dst))
}

func (s *sliding) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	s.onSecond = r.count(1) == 1
	s.steps = r.count(s.first.training - 1)
	s.first.setState(&r)
	s.second.setState(&r)
	return r.finish(s)
}

func (b *blind) AppendState(dst []byte) []byte {
	return b.word.AppendState(binary.AppendUvarint(dst, uint64(b.seen)))
}

func (b *blind) SetState(src []byte) ([]byte, error) {
	r := stateReader{rest: src}
	b.seen = r.count(b.steps)
	if rest, err := r.finish(b); err != nil {
		return rest, err
	}
	return b.word.SetState(r.rest)
}
