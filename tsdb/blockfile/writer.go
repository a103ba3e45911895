package blockfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// syncBytes is how much is written between syncs. The log shares the disk: behind one sync of gigabytes its own would
// wait for seconds, behind this for some 50 ms.
const syncBytes = 8 << 20

// temporarySuffix is added to the name of a file that is not complete.
const temporarySuffix = ".tmp"

// A Writer makes one file. Blocks go to disk as they come; tags and where they lie wait for Commit. It is
// for one goroutine. After an error only Abort is of use.
type Writer struct {
	fsys   vfs.FS
	name   string // of the finished file
	head   Head
	sealer sealer
	file   vfs.File
	out    *bufio.Writer

	run       tableBuilder // the rows of the run under way
	runSeries int
	runs      []byte // section runs so far
	dataBytes int64  // written to section data so far
	unsynced  int    // bytes of it since the last sync

	shards  []ShardRange
	numbers []byte // section numbers so far
	hashes  []hashed
	series  int

	dictionary *dictionary
	tags       []byte // of all series, one behind the other, as the dictionary writes them
}

// An Info describes a finished file.
type Info struct {
	Head      Head
	Series    int
	SizeBytes int64
	DataBytes int64 // the blocks, of that
}

// Create begins a file. Until Commit it has another name; a leftover of that name is removed.
func Create(fsys vfs.FS, name string, head Head) (*Writer, error) {
	if err := head.check(); err != nil {
		return nil, fmt.Errorf("block file %s: it cannot have %w", name, err)
	}
	if err := fsys.Remove(name + temporarySuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("block file %s: %w", name, err)
	}
	file, err := fsys.Create(name + temporarySuffix)
	if err != nil {
		return nil, fmt.Errorf("block file %s: %w", name, err)
	}
	w := &Writer{
		fsys: fsys, name: name, head: head, file: file, out: bufio.NewWriterSize(file, 1<<18),
		runSeries: head.runSeries(), dictionary: newDictionary(),
	}
	start := head.append(nil, w.runSeries)
	w.sealer.head = binary.LittleEndian.Uint32(start[headBytes-sumBytes:])
	_, _ = w.out.Write(start) // a bufio.Writer keeps its error until Flush
	return w, nil
}

// Add writes a series: its number in a shard, its tags in canonical bytes, and a block for each window,
// empty where it has none. Series come in ascending order of shard and number; one without any block is
// left out. Nothing of the arguments is kept. The error names the series.
func (w *Writer) Add(shard int, number uint32, canonical []byte, blocks [][]byte) error {
	if err := w.add(shard, number, canonical, blocks); err != nil {
		return fmt.Errorf("block file %s: series %d of shard %d: %w", w.name, number, shard, err)
	}
	return nil
}

func (w *Writer) add(shard int, number uint32, canonical []byte, blocks [][]byte) error {
	if len(blocks) != w.head.Windows {
		return fmt.Errorf("%d blocks for %d windows", len(blocks), w.head.Windows)
	}
	empty := true
	for _, block := range blocks {
		if len(block) > maxBlockBytes {
			return fmt.Errorf("a block of %d bytes, at most %d are possible", len(block), maxBlockBytes)
		}
		empty = empty && len(block) == 0
	}
	if empty {
		return nil
	}
	if err := w.enter(shard, number); err != nil {
		return err
	}
	var err error
	if w.tags, err = w.dictionary.appendTags(w.tags, canonical); err != nil {
		return err
	}
	w.hashes = append(w.hashes, hashed{hashOf(canonical), uint32(w.series - 1)})
	w.sealer.series = Series{shard, number}
	w.run.bytes = appendRow(w.run.bytes, &w.sealer, w.head.First, blocks)
	if err := w.run.end(); err != nil {
		return err
	}
	if w.run.len() == w.runSeries {
		return w.endRun()
	}
	return nil
}

// Len returns the number of series so far.
func (w *Writer) Len() int { return w.series }

// enter gives a series its position.
func (w *Writer) enter(shard int, number uint32) error {
	if shard < 0 || int64(shard) > 1<<31 {
		return errors.New("such a shard cannot be written")
	}
	last := len(w.shards) - 1
	switch {
	case last < 0 || shard > w.shards[last].Shard:
		w.shards = append(w.shards, ShardRange{Shard: shard, First: uint32(w.series)})
		last++
	case shard < w.shards[last].Shard || number <= w.lastNumber():
		return fmt.Errorf("out of order: it comes after series %d of shard %d", w.lastNumber(), w.shards[last].Shard)
	}
	w.numbers = binary.LittleEndian.AppendUint32(w.numbers, number)
	w.series++
	w.shards[last].End = uint32(w.series)
	return nil
}

func (w *Writer) lastNumber() uint32 { return binary.LittleEndian.Uint32(w.numbers[len(w.numbers)-4:]) }

// endRun writes the rows that have gathered.
func (w *Writer) endRun() error {
	w.runs = binary.LittleEndian.AppendUint64(w.runs, uint64(w.dataBytes))
	size := len(w.run.ends) + len(w.run.bytes)
	w.dataBytes += int64(size)
	w.unsynced += size
	_, _ = w.out.Write(w.run.ends)
	_, err := w.out.Write(w.run.bytes)
	w.run.reset()
	if err != nil || w.unsynced < syncBytes {
		return err
	}
	w.unsynced = 0
	if err := w.out.Flush(); err != nil {
		return err
	}
	return w.file.Sync()
}

// Commit completes the file, makes it durable and gives it its name, replacing a file that has it. After
// an error the name holds what it held before or, where only the last sync of the directory failed, the
// new file. A file without any series says that its windows are empty. The Writer is done in any case.
func (w *Writer) Commit() (Info, error) {
	info, err := w.commit()
	if err != nil {
		err = fmt.Errorf("block file %s: %w", w.name, err)
		return Info{}, errors.Join(err, w.Abort())
	}
	return info, nil
}

func (w *Writer) commit() (Info, error) {
	if w.run.len() > 0 {
		if err := w.endRun(); err != nil {
			return Info{}, err
		}
	}
	size, err := w.writeTables()
	if err != nil {
		return Info{}, err
	}
	if err := w.out.Flush(); err != nil {
		return Info{}, err
	}
	if err := w.file.Sync(); err != nil {
		return Info{}, err
	}
	file := w.file
	w.file = nil
	if err := file.Close(); err != nil {
		return Info{}, err
	}
	if err := w.fsys.Rename(w.name+temporarySuffix, w.name); err != nil {
		return Info{}, err
	}
	if err := w.fsys.SyncDir(filepath.Dir(w.name)); err != nil {
		return Info{}, err
	}
	return Info{Head: w.head, Series: w.series, SizeBytes: size, DataBytes: w.dataBytes}, nil
}

// writeTables writes all that comes behind the data and returns the size of the file.
func (w *Writer) writeTables() (sizeBytes int64, err error) {
	t, err := w.tables()
	if err != nil {
		return 0, err
	}
	d := directory{contents: contents{series: w.series, keys: t.keys.len(), tags: t.tags.len(), shards: len(w.shards)}}
	var shards []byte
	for _, s := range w.shards {
		shards = binary.LittleEndian.AppendUint32(shards, uint32(s.Shard))
		shards = binary.LittleEndian.AppendUint32(shards, s.First)
	}
	sections := [numSections][]byte{
		sectionRuns:     w.runs,
		sectionShards:   shards,
		sectionNumbers:  w.numbers,
		sectionKeys:     slices.Concat(t.keys.ends, t.keys.bytes, t.firstTags),
		sectionTags:     t.tags.whole(),
		sectionRefs:     t.refs.whole(),
		sectionPostings: t.postings.whole(),
		sectionHashes:   appendHashes(nil, formatVersion, w.hashes),
	}
	parity := parityOf(sections[firstTable:])
	d.sections[sectionData].length = w.dataBytes
	d.parity.length = int64(len(parity))
	size := headBytes + w.dataBytes + int64(len(parity))
	for i, section := range sections[firstTable:] {
		d.sections[firstTable+i].length = int64(len(section))
		d.sums[firstTable+i] = sumsOf(section)
		size += int64(len(section))
	}
	whole := d.append(nil, w.head.append(nil, w.runSeries))
	_, _ = w.out.Write(whole)
	_, _ = w.out.Write(parity)
	for _, section := range sections {
		_, _ = w.out.Write(section)
	}
	_, err = w.out.Write(whole)
	return size + 2*int64(len(whole)), err
}

// Abort gives the file up: what was written of it is removed. It may be called after Commit, and twice.
func (w *Writer) Abort() error {
	if w.file != nil {
		file := w.file
		w.file = nil
		_ = file.Close() // whatever it says, the file goes
	}
	if err := w.fsys.Remove(w.name + temporarySuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("block file %s: %w", w.name, err)
	}
	return nil
}
