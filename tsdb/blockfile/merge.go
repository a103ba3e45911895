package blockfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// An Edit sees each block on its way into a merged file and returns what is written instead: the block as
// it is, another one, or nothing to leave it out. The block is valid during the call. An error ends the merge.
type Edit func(s Series, window int64, block []byte) ([]byte, error)

// Merge writes one file with all that files hold: the series of all, in the windows from the first of any
// to the last. Where several hold the same window of a series, the block of the file with the highest
// Sequence is taken. Edit may be nil. The files stay as they are, open and on disk; the name may be that of one of them.
//
// The errors are those of Writer and Reader; besides, all files must have the same step and slots, and the same
// tags for a series that they share. It needs the memory of a Writer and walks once over its input, in order.
func Merge(fsys vfs.FS, name string, sequence uint64, files []*Reader, edit Edit) (Info, error) {
	head, err := mergedHead(files)
	if err != nil {
		return Info{}, fmt.Errorf("merge into block file %s: %w", name, err)
	}
	head.Sequence = sequence
	w, err := Create(fsys, name, head)
	if err != nil {
		return Info{}, err
	}
	m := &merge{writer: w, edit: edit, blocks: make([][]byte, head.Windows)}
	for _, r := range files {
		m.inputs = append(m.inputs, &mergeInput{r: r})
	}
	slices.SortStableFunc(m.inputs, func(a, b *mergeInput) int {
		return cmp.Compare(a.r.head.Sequence, b.r.head.Sequence)
	})
	if err := m.run(); err != nil {
		return Info{}, errors.Join(fmt.Errorf("merge into block file %s: %w", name, err), w.Abort())
	}
	return w.Commit()
}

// mergedHead returns the head that spans those of all files.
func mergedHead(files []*Reader) (Head, error) {
	if len(files) == 0 {
		return Head{}, ErrEmpty
	}
	head := files[0].head
	last := head.Last()
	for _, r := range files[1:] {
		h := r.head
		if h.StepMillis != head.StepMillis || h.Slots != head.Slots {
			return Head{}, fmt.Errorf("%s has windows of %d slots of %d ms, %s of %d of %d ms",
				files[0].name, head.Slots, head.StepMillis, r.name, h.Slots, h.StepMillis)
		}
		head.First, last = min(head.First, h.First), max(last, h.Last())
	}
	if windows := uint64(last) - uint64(head.First); windows >= MaxWindows {
		return Head{}, fmt.Errorf("the files lie %d windows apart, at most %d are possible", windows, MaxWindows)
	}
	head.Windows = int(last-head.First) + 1
	return head, nil
}

// A merge walks over its inputs, the one with the highest sequence last, series by series.
type merge struct {
	writer *Writer
	edit   Edit
	inputs []*mergeInput

	canonical, other []byte
	bytes            []byte   // of the blocks of one series
	blocks           [][]byte // by window
}

// A mergeInput is a file and how far it has been read.
type mergeInput struct {
	r        *Reader
	position uint32
	series   Series // at position
	done     bool
}

func (i *mergeInput) load() (err error) {
	if i.done = int(i.position) == i.r.Len(); !i.done {
		i.series, err = i.r.Series(i.position)
	}
	return err
}

func (m *merge) run() error {
	for _, input := range m.inputs {
		if err := input.load(); err != nil {
			return err
		}
	}
	for {
		s, any := m.least()
		if !any {
			return nil
		}
		if err := m.take(s); err != nil {
			return err
		}
		if err := m.writer.Add(s.Shard, s.Number, m.canonical, m.blocks); err != nil {
			return err
		}
	}
}

// least returns the series that is next.
func (m *merge) least() (s Series, any bool) {
	for _, input := range m.inputs {
		if !input.done && (!any || input.series.less(s)) {
			s, any = input.series, true
		}
	}
	return s, any
}

// take gathers the tags and blocks of a series from the inputs that have it, and moves them on.
func (m *merge) take(s Series) error {
	m.canonical, m.bytes = m.canonical[:0], m.bytes[:0]
	clear(m.blocks)
	first := true
	for _, input := range m.inputs {
		if input.done || input.series != s {
			continue
		}
		var err error
		if m.other, err = input.r.AppendCanonical(m.other[:0], input.position); err != nil {
			return err
		}
		if !first && string(m.other) != string(m.canonical) {
			return fmt.Errorf("%s: series %d of shard %d has other tags than in the files before: %w",
				input.r.name, s.Number, s.Shard, ErrDamaged)
		}
		m.canonical, m.other, first = m.other, m.canonical, false
		if err := m.takeBlocks(input); err != nil {
			return err
		}
		input.position++
		if err := input.load(); err != nil {
			return err
		}
	}
	return m.editBlocks(s)
}

// takeBlocks copies the blocks of an input over those of the inputs before.
func (m *merge) takeBlocks(input *mergeInput) error {
	h := input.r.head
	return input.r.Blocks([]uint32{input.position}, h.First, h.Last(), func(_ uint32, window int64, block []byte) error {
		start := len(m.bytes)
		m.bytes = append(m.bytes, block...)
		m.blocks[window-m.writer.head.First] = m.bytes[start:]
		return nil
	})
}

func (m *merge) editBlocks(s Series) error {
	if m.edit == nil {
		return nil
	}
	for i, block := range m.blocks {
		if len(block) == 0 {
			continue
		}
		edited, err := m.edit(s, m.writer.head.First+int64(i), block)
		if err != nil {
			return err
		}
		start := len(m.bytes)
		m.bytes = append(m.bytes, edited...)
		m.blocks[i] = m.bytes[start:]
	}
	return nil
}
