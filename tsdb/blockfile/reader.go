package blockfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// A Reader answers questions about one file. All its methods may be called by several goroutines.
//
// It gives what was written or nothing. Whatever it reads of a file it checks in the same call: a block, which it copies
// first, by a checksum of its own, and of the tables each chunk, or what was made of them. A chunk that is damaged is made
// good from others (chunk.go); what cannot be is lost: Damages says what, and it is answered as if it had never been there.
// Where so much of the tables is lost that the others say nothing, all of the file is: see Failed.
//
// Of a file of version 1 or 2, which has fewer checksums, a run of blocks is checked as a whole when one of its blocks is first
// read, a table likewise, and nothing of it can be made good.
//
// Of the heap an open file takes about 1 KB, its keys, and a checksum for each 512 bytes of its tables, 0.3 bytes a series; the
// rest is mapped.
type Reader struct {
	file      *mapped
	head      Head
	headSum   uint32
	runSeries int
	contents  *contents

	shards []ShardRange
	keys   []key
	firsts atomic.Pointer[[]uint32] // the number of the first series of each chunk of section numbers
	runs   runMarks
	rows   sync.Pool // of *rowBuffer
}

// A ShardRange says which positions of a file are the series of a shard: First ≤ position < End. Positions
// ascend with the numbers of the series.
type ShardRange struct {
	Shard      int
	First, End uint32
}

// A key is a key and the numbers of its tags, first ≤ number < end.
type key struct {
	text       string
	first, end uint32
}

// Open opens a file for reading. Its error matches ErrDamaged, ErrNewer, or is of the file system.
func Open(fsys vfs.FS, name string) (*Reader, error) {
	file, err := mapFile(fsys, name)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: file}
	r.rows.New = func() any { return new(rowBuffer) }
	if err := file.call(r.load); err != nil {
		if errors.Is(err, ErrNewer) {
			err = fmt.Errorf("block file %s: %w", name, err)
		}
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// load may be called again, after it has found damage.
func (r *Reader) load() error {
	if r.contents == nil {
		if err := r.loadContents(); err != nil {
			return err
		}
	}
	if err := r.restoreCut(); err != nil {
		return err
	}
	if err := r.loadShards(); err != nil {
		return err
	}
	if err := r.loadKeys(); err != nil {
		return err
	}
	return r.loadRuns()
}

// loadContents finds out what is where in the file.
func (r *Reader) loadContents() (err error) {
	data, file := r.file.mapping.Data, r.file
	var headErr error
	r.head, file.version, r.runSeries, headErr = readHead(data)
	if errors.Is(headErr, ErrNewer) {
		return headErr
	}
	if headErr == nil && file.version < 3 {
		if r.contents, err = readFoot(data, file.version); err != nil {
			return err
		}
		if err := r.contents.checkLengths(file.version, r.runSeries); err != nil {
			return err
		}
		r.place()
		return nil
	}
	d, problem, err := findDirectory(data)
	switch {
	case err != nil && headErr != nil:
		return headErr // it is no file of ours at all
	case err != nil:
		return err
	case headErr == nil && (r.head != d.head || r.runSeries != d.runSeries):
		headErr = fmt.Errorf("%w: the head is that of another file", ErrDamaged)
	}
	r.head, file.version, r.runSeries, r.headSum = d.head, formatVersion, d.runSeries, d.headSum
	r.contents, file.parity = &d.contents, d.parity
	for i := firstTable; i < numSections; i++ {
		file.sections[i].sums.Store(&d.sums[i])
	}
	r.place()
	for _, err := range []error{headErr, problem} {
		if err != nil {
			file.damages.add(Damage{Cause: fmt.Errorf("block file %s: %w", file.name, err)})
		}
	}
	return nil
}

// place cuts the file into its sections. One of a file that was cut off ends with the file.
func (r *Reader) place() {
	data := r.file.mapping.Data
	for i, entry := range r.contents.sections {
		s := &r.file.sections[i]
		s.entry = entry
		s.bytes = data[min(entry.offset, int64(len(data))):min(entry.offset+entry.length, int64(len(data)))]
	}
}

// restoreCut makes those tables good that a file lacks which was cut off.
func (r *Reader) restoreCut() error {
	for i := firstTable; i < numSections; i++ {
		s := &r.file.sections[i]
		if int64(len(s.bytes)) == s.entry.length || s.restored.Load() != nil {
			continue
		}
		cause := r.file.damaged(i, "%d bytes of %d are missing: the end was cut off", s.entry.length-int64(len(s.bytes)), s.entry.length)
		if !r.file.restore(&badSection{i, cause}) {
			return cause
		}
	}
	return nil
}

// Close gives the file up. Calls under way end as they would have; the last of them gives the memory back. Later
// ones are ErrClosed, and so is a second Close.
func (r *Reader) Close() error { return r.file.close() }

// Evict takes what has been read of the file out of the memory of the process: for who will not need it again soon. It
// may be called while others read.
func (r *Reader) Evict() error { return r.file.call(r.file.mapping.Evict) }

// ask is call for questions to which a file that is damaged answers nothing: its error is none that matches ErrDamaged.
func (r *Reader) ask(read func() error) error {
	err := r.file.call(read)
	if errors.Is(err, ErrDamaged) {
		return nil
	}
	return err
}

func (r *Reader) loadShards() error {
	v, err := r.file.view(sectionShards)
	if err != nil {
		return err
	}
	b, err := v.all()
	if err != nil {
		return err
	}
	r.shards = make([]ShardRange, r.contents.shards)
	for i := range r.shards {
		entry := b[i*shardBytes:]
		s := &r.shards[i]
		s.Shard = int(binary.LittleEndian.Uint32(entry))
		s.First, s.End = binary.LittleEndian.Uint32(entry[4:]), uint32(r.contents.series)
		if i > 0 {
			r.shards[i-1].End = s.First
		}
		inOrder := i == 0 && s.First == 0 || i > 0 && s.Shard > r.shards[i-1].Shard && s.First > r.shards[i-1].First
		if !inOrder || s.First >= s.End {
			return r.file.damaged(sectionShards, "shard %d begins at position %d", s.Shard, s.First)
		}
	}
	if len(r.shards) == 0 && r.contents.series > 0 {
		return r.file.damaged(sectionShards, "there is none, for %d series", r.contents.series)
	}
	return nil
}

func (r *Reader) loadKeys() error {
	v, err := r.file.view(sectionKeys)
	if err != nil {
		return err
	}
	b, err := v.all()
	if err != nil {
		return err
	}
	texts := readTable(b[:len(b)-4*r.contents.keys], r.contents.keys)
	first := b[len(b)-4*r.contents.keys:]
	r.keys = make([]key, r.contents.keys)
	for i := range r.keys {
		text, ok := texts.at(i)
		k := &r.keys[i]
		*k = key{string(text), binary.LittleEndian.Uint32(first[4*i:]), uint32(r.contents.tags)}
		if i > 0 {
			r.keys[i-1].end = k.first
		}
		inOrder := i == 0 && k.first == 0 || i > 0 && k.text > r.keys[i-1].text && k.first > r.keys[i-1].first
		if !ok || !inOrder || k.first >= k.end {
			return r.file.damaged(sectionKeys, "key %d, %.100q, has tags from %d", i, text, k.first)
		}
	}
	if len(r.keys) == 0 && r.contents.tags > 0 {
		return r.file.damaged(sectionKeys, "there is none, for %d tags", r.contents.tags)
	}
	return nil
}

// Name returns the name that the file was opened under.
func (r *Reader) Name() string { return r.file.name }

// Failed returns why the file as a whole is of no use any more; nil: it is of use. It matches ErrDamaged.
func (r *Reader) Failed() error {
	if failure := r.file.failure.Load(); failure != nil {
		return *failure
	}
	return nil
}

// Head returns what the file is about.
func (r *Reader) Head() Head { return r.head }

// Len returns the number of series. Positions, by which methods name series, are below it.
func (r *Reader) Len() int { return r.contents.series }

// SizeBytes returns the size of the file.
func (r *Reader) SizeBytes() int64 { return r.file.size }

// Shards returns the shards that have series in the file, ascending. It must not be changed.
func (r *Reader) Shards() []ShardRange { return r.shards }
