package blockfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime/debug"
	"sync/atomic"
	"unsafe"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// A Reader answers questions about one file. All its methods may be called by several goroutines.
//
// Open checks the head, the foot and the sections runs, shards and keys. The others (numbers, tags, refs,
// postings, hashes) are checked whole when they are first used, and a run of blocks when one of its blocks is; what has
// been found good is not checked again while the file is open. Besides that, no offset in the file
// is followed before it has been compared with what it points into.
//
// Of the heap an open file takes about 1 KB, its keys, and a bit for each run; the rest is mapped.
type Reader struct {
	name      string
	head      Head
	version   int
	runSeries int
	foot      *foot
	mapping   *vfs.Mapping
	sections  [numSections]section

	shards []ShardRange
	keys   []key
	runs   []atomic.Uint32 // bit i%32 of word i/32: run i is good

	// holders counts the owner, until Close, and the calls under way; the last one unmaps.
	holders atomic.Int64
	closed  atomic.Bool
	// damage is the first error of a call that found any.
	damage atomic.Pointer[error]
}

// A section is a part of the mapped file.
type section struct {
	offset   int64
	bytes    []byte
	checksum uint32
	good     atomic.Bool
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
	mapping, err := fsys.Map(name)
	if err != nil {
		return nil, fmt.Errorf("block file %s: %w", name, err)
	}
	r := &Reader{name: name, mapping: mapping}
	r.holders.Store(1)
	if err := r.load(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Reader) load() (err error) {
	a, err := r.enter()
	if err != nil {
		return err
	}
	defer a.leave(&err)
	if r.head, r.version, r.runSeries, err = readHead(r.mapping.Data); err != nil {
		return err
	}
	if r.foot, err = readFoot(r.mapping.Data, r.version); err != nil {
		return err
	}
	if err := r.foot.checkLengths(r.version, r.runSeries); err != nil {
		return err
	}
	offset := int64(headBytes)
	for i, entry := range r.foot.sections {
		s := &r.sections[i]
		s.offset, s.checksum = offset, entry.checksum
		s.bytes = r.mapping.Data[offset : offset+entry.length]
		offset += entry.length
	}
	if err := r.loadShards(); err != nil {
		return err
	}
	if err := r.loadKeys(); err != nil {
		return err
	}
	return r.loadRuns()
}

// Close gives the file up. Calls under way end as they would have; the last of them gives the memory back. Later
// ones are ErrClosed, and so is a second Close.
func (r *Reader) Close() error {
	if r.closed.Swap(true) {
		return ErrClosed
	}
	return r.release()
}

// Evict takes what has been read of the file out of the memory of the process: for who will not need it again soon. It
// may be called while others read.
func (r *Reader) Evict() (err error) {
	a, err := r.enter()
	if err != nil {
		return err
	}
	defer a.leave(&err)
	return r.mapping.Evict()
}

func (r *Reader) release() error {
	if r.holders.Add(-1) > 0 {
		return nil
	}
	return r.mapping.Close()
}

// An access is one call's hold on the mapped file.
type access struct {
	r     *Reader
	fault bool // what the goroutine does about memory faults otherwise
}

// enter begins a call: the mapping stays, and a page of it that cannot be read is an error of leave.
func (r *Reader) enter() (access, error) {
	for {
		n := r.holders.Load()
		if n == 0 || r.closed.Load() {
			return access{}, fmt.Errorf("block file %s: %w", r.name, ErrClosed)
		}
		if r.holders.CompareAndSwap(n, n+1) {
			return access{r, debug.SetPanicOnFault(true)}, nil
		}
	}
}

// leave ends a call; defer it. It puts the file's name in front of an error about the file.
func (a access) leave(err *error) {
	failure := recover()
	debug.SetPanicOnFault(a.fault)
	if failure != nil {
		address, ours := a.r.faultAt(failure)
		if !ours {
			_ = a.r.release()
			panic(failure)
		}
		*err = fmt.Errorf("%w: the page of offset %d cannot be read", ErrDamaged, address)
	}
	if errors.Is(*err, ErrDamaged) || errors.Is(*err, ErrNewer) {
		*err = fmt.Errorf("block file %s: %w", a.r.name, *err)
		found := *err
		a.r.damage.CompareAndSwap(nil, &found)
	}
	_ = a.r.release() // unmapping memory that is mapped does not fail
}

// faultAt returns the offset in the file at which the memory fault that a panic reports was.
func (r *Reader) faultAt(failure any) (offset uintptr, ours bool) {
	fault, ok := failure.(interface{ Addr() uintptr })
	if !ok || len(r.mapping.Data) == 0 {
		return 0, false
	}
	offset = fault.Addr() - uintptr(unsafe.Pointer(unsafe.SliceData(r.mapping.Data)))
	return offset, offset < uintptr(len(r.mapping.Data))
}

// section returns a section whose checksum is right.
func (r *Reader) section(number int) ([]byte, error) {
	s := &r.sections[number]
	if !s.good.Load() {
		if sum := crc32.Checksum(s.bytes, castagnoli); sum != s.checksum {
			return nil, r.damaged(number, "checksum is %08x, not %08x", sum, s.checksum)
		}
		s.good.Store(true)
	}
	return s.bytes, nil
}

// table returns a section that is a table of n entries.
func (r *Reader) table(number, n int) (table, error) {
	b, err := r.section(number)
	if err != nil {
		return table{}, err
	}
	return readTable(b, n), nil
}

// damaged returns an error about a section.
func (r *Reader) damaged(number int, format string, arguments ...any) error {
	return fmt.Errorf("%w: section %s at %d: %s",
		ErrDamaged, sectionNames[number], r.sections[number].offset, fmt.Sprintf(format, arguments...))
}

func (r *Reader) loadShards() error {
	b, err := r.section(sectionShards)
	if err != nil {
		return err
	}
	r.shards = make([]ShardRange, r.foot.shards)
	for i := range r.shards {
		entry := b[i*shardBytes:]
		s := &r.shards[i]
		s.Shard = int(binary.LittleEndian.Uint32(entry))
		s.First, s.End = binary.LittleEndian.Uint32(entry[4:]), uint32(r.foot.series)
		if i > 0 {
			r.shards[i-1].End = s.First
		}
		inOrder := i == 0 && s.First == 0 || i > 0 && s.Shard > r.shards[i-1].Shard && s.First > r.shards[i-1].First
		if !inOrder || s.First >= s.End {
			return r.damaged(sectionShards, "shard %d begins at position %d", s.Shard, s.First)
		}
	}
	if len(r.shards) == 0 && r.foot.series > 0 {
		return r.damaged(sectionShards, "there is none, for %d series", r.foot.series)
	}
	return nil
}

func (r *Reader) loadKeys() error {
	b, err := r.section(sectionKeys)
	if err != nil {
		return err
	}
	texts := readTable(b[:len(b)-4*r.foot.keys], r.foot.keys)
	first := b[len(b)-4*r.foot.keys:]
	r.keys = make([]key, r.foot.keys)
	for i := range r.keys {
		text, ok := texts.at(i)
		k := &r.keys[i]
		*k = key{string(text), binary.LittleEndian.Uint32(first[4*i:]), uint32(r.foot.tags)}
		if i > 0 {
			r.keys[i-1].end = k.first
		}
		inOrder := i == 0 && k.first == 0 || i > 0 && k.text > r.keys[i-1].text && k.first > r.keys[i-1].first
		if !ok || !inOrder || k.first >= k.end {
			return r.damaged(sectionKeys, "key %d, %.100q, has tags from %d", i, text, k.first)
		}
	}
	if len(r.keys) == 0 && r.foot.tags > 0 {
		return r.damaged(sectionKeys, "there is none, for %d tags", r.foot.tags)
	}
	return nil
}

// Name returns the name that the file was opened under.
func (r *Reader) Name() string { return r.name }

// Damage returns the first error that matched ErrDamaged of any call so far; nil: none did.
func (r *Reader) Damage() error {
	if damage := r.damage.Load(); damage != nil {
		return *damage
	}
	return nil
}

// Head returns what the file is about.
func (r *Reader) Head() Head { return r.head }

// Len returns the number of series. Positions, by which methods name series, are below it.
func (r *Reader) Len() int { return r.foot.series }

// SizeBytes returns the size of the file.
func (r *Reader) SizeBytes() int64 {
	last := &r.sections[numSections-1]
	return last.offset + int64(len(last.bytes)) + int64(footBytes(r.version))
}

// Shards returns the shards that have series in the file, ascending. It must not be changed.
func (r *Reader) Shards() []ShardRange { return r.shards }
