package blockfile

import (
	"context"
	"errors"
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// Merge writes one file with the windows of head: window head.First+i with all that from[i] holds of it and with
// nothing that another one does, empty where from[i] is nil. What is lost of them is missing. Which of several files is right about a window is for the
// caller to say; head.Sequence too. The files stay as they are, open and on disk; the name may be that of one of
// them.
//
// The errors are those of Writer and Reader, and that of ctx; besides, all files must have the step and slots of head,
// and the same tags for a series that they share. It needs the memory of a Writer and walks once over its input,
// in order.
func Merge(ctx context.Context, fsys vfs.FS, name string, head Head, from []*Reader) (Info, error) {
	inputs, err := mergeInputs(head, from)
	if err != nil {
		return Info{}, fmt.Errorf("merge into block file %s: %w", name, err)
	}
	w, err := Create(fsys, name, head)
	if err != nil {
		return Info{}, err
	}
	m := &merge{writer: w, inputs: inputs, from: from, blocks: make([][]byte, head.Windows)}
	if err := m.run(ctx); err != nil {
		return Info{}, errors.Join(fmt.Errorf("merge into block file %s: %w", name, err), w.Abort())
	}
	return w.Commit()
}

// mergeInputs returns the files in the order of the first window that is taken from each.
func mergeInputs(head Head, from []*Reader) (inputs []*mergeInput, err error) {
	if len(from) != head.Windows {
		return nil, fmt.Errorf("files are named for %d windows of %d", len(from), head.Windows)
	}
	known := make(map[*Reader]*mergeInput)
	for i, r := range from {
		if r == nil {
			continue
		}
		window := head.First + int64(i)
		if h := r.head; h.StepMillis != head.StepMillis || h.Slots != head.Slots || window < h.First || window > h.Last() {
			return nil, fmt.Errorf("window %d of %d slots of %d ms cannot be taken from %s, which has %d to %d of %d of %d ms",
				window, head.Slots, head.StepMillis, r.file.name, h.First, h.Last(), h.Slots, h.StepMillis)
		}
		if known[r] == nil {
			known[r] = &mergeInput{r: r, first: window}
			inputs = append(inputs, known[r])
		}
		known[r].last = window
	}
	return inputs, nil
}

// A merge walks over its inputs side by side, series by series.
type merge struct {
	writer *Writer
	inputs []*mergeInput
	from   []*Reader // by window

	canonical, other []byte
	row              rowBuffer
	bytes            []byte   // of the blocks of one series
	blocks           [][]byte // by window
}

// A mergeInput is a file and how far it has been read.
type mergeInput struct {
	r           *Reader
	first, last int64 // the windows that are taken from it lie in here
	position    uint32
	series      Series // at position
	done        bool
}

func (i *mergeInput) load() (err error) {
	if i.done = int(i.position) == i.r.Len(); !i.done {
		i.series, err = i.r.Series(i.position)
	}
	return err
}

func (m *merge) run(ctx context.Context) error {
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
		if ctx.Err() != nil {
			return ctx.Err()
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
		if err := m.takeTags(input, first); err != nil {
			return err
		}
		first = false
		if err := m.takeBlocks(input); err != nil {
			return err
		}
		input.position++
		if err := input.load(); err != nil {
			return err
		}
	}
	return nil
}

// takeTags gathers the tags of a series from the first input that has it, and holds the others to them. Tags that are the same in
// two files are right: they need no other proof.
func (m *merge) takeTags(input *mergeInput, first bool) (err error) {
	if first {
		m.canonical, err = input.r.AppendCanonical(m.canonical[:0], input.position)
		return err
	}
	if m.other, err = input.r.supposedTags(m.other[:0], input.position); err == nil && string(m.other) == string(m.canonical) {
		return nil
	}
	if m.other, err = input.r.AppendCanonical(m.other[:0], input.position); err == nil && string(m.other) != string(m.canonical) {
		err = fmt.Errorf("%s: series %d of shard %d has other tags than in the files before: %w",
			input.r.file.name, input.series.Number, input.series.Shard, ErrDamaged)
	}
	return err
}

// takeBlocks copies the blocks of the windows that are taken from an input.
func (m *merge) takeBlocks(input *mergeInput) error {
	if err := input.r.file.hold(); err != nil {
		return err
	}
	defer input.r.file.letGo()
	if err := input.r.readBlocks(&m.row, input.position, input.first, input.last); err != nil {
		return err
	}
	for _, block := range m.row.blocks {
		i := block.window - m.writer.head.First
		if m.from[i] != input.r {
			continue
		}
		start := len(m.bytes)
		m.bytes = append(m.bytes, m.row.bytes[block.start:block.end]...)
		m.blocks[i] = m.bytes[start:]
	}
	return nil
}
