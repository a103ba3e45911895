package blockfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// small is a file of three series in two shards and two windows; testdata/v1.txt has its bytes.
func small() (Head, model) {
	head := Head{StepMillis: 60_000, Slots: 60, First: 497_760, Windows: 2, Sequence: 3}
	return head, model{
		{0, 4}: {tag.New("name", "cpu", "nf.node", "i-1"), map[int64]string{497_760: "\x00", 497_761: "\x04\x0b\x40\x28"}},
		{0, 9}: {tag.New("name", "cpu", "nf.node", "i-2"), map[int64]string{497_761: "\x00"}},
		{2, 1}: {tag.New("name", "mem"), map[int64]string{497_760: "\x01\x00\x04\x00\x13\x14\x95\x62"}},
	}
}

// bytesOf returns the bytes of a file.
func bytesOf(t testing.TB, fsys vfs.FS, name string) []byte {
	t.Helper()
	data, err := vfs.ReadFile(fsys, name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func smallBytes(t testing.TB) []byte {
	fsys := newMemory(t)
	head, m := small()
	m.write(t, fsys, "d/a", head)
	return bytesOf(t, fsys, "d/a")
}

// put makes a file system whose d/a holds data.
func put(t testing.TB, data []byte) *vfs.Memory {
	t.Helper()
	fsys := newMemory(t)
	f, err := fsys.Create("d/a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return fsys
}

// readAll asks for everything that is in a file and returns the first error.
func readAll(fsys vfs.FS, name string) (err error) {
	r, err := Open(fsys, name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for position := range uint32(r.Len()) {
		canonical, err := r.AppendCanonical(nil, position)
		if err != nil {
			return err
		}
		if _, err := tag.ParseCanonical(canonical); err != nil {
			return err
		}
		one, err := r.Series(position)
		if err != nil {
			return err
		}
		if _, _, err := r.FindTags(one.Shard, canonical); err != nil {
			return err
		}
		nothing := func(uint32, int64, []byte) error { return nil }
		if err := r.Blocks([]uint32{position}, r.Head().First, r.Head().Last(), nothing); err != nil {
			return err
		}
		for window := r.Head().First; window <= r.Head().Last(); window++ {
			if err := r.Blocks([]uint32{position}, window, window, nothing); err != nil {
				return err
			}
		}
	}
	return readIndex(r)
}

func readIndex(r *Reader) error {
	not := tag.Not{Inner: tag.Equal{Key: "nf.node", Value: "i-1"}}
	all := tag.Or{Left: not, Right: tag.Compare{Key: "name", Order: tag.GreaterOrEqual, Value: "a"}}
	positions, err := r.Lookup(context.Background(), all)
	if err != nil {
		return err
	}
	keys, err := r.Keys(context.Background(), positions, Page{})
	if err != nil {
		return err
	}
	for _, k := range keys {
		for _, p := range []tag.Predicate{all, tag.True{}, tag.Has{Key: k.Text}} {
			if positions, err = r.Lookup(context.Background(), p); err != nil {
				return err
			}
			if _, err := r.Values(context.Background(), k.Text, positions, Page{}); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestEveryTruncation(t *testing.T) {
	whole := smallBytes(t)
	for n := range whole {
		if err := readAll(put(t, whole[:n]), "d/a"); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d of %d bytes: %v, want ErrDamaged", n, len(whole), err)
		}
	}
	if err := readAll(put(t, append(bytes.Clone(whole), 0)), "d/a"); !errors.Is(err, ErrDamaged) {
		t.Errorf("a byte more: %v, want ErrDamaged", err)
	}
	if err := readAll(put(t, whole), "d/a"); err != nil {
		t.Errorf("the whole file: %v", err)
	}
}

func TestEveryBit(t *testing.T) {
	whole := smallBytes(t)
	for i := range len(whole) * 8 {
		data := bytes.Clone(whole)
		data[i/8] ^= 1 << (i % 8)
		err := readAll(put(t, data), "d/a")
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "d/a") {
			t.Errorf("bit %d of byte %d flipped: %v, want ErrDamaged and the file's name", i%8, i/8, err)
		}
	}
}

func TestNewerVersion(t *testing.T) {
	data := smallBytes(t)
	binary.LittleEndian.PutUint32(data[8:], formatVersion+1)
	binary.LittleEndian.PutUint32(data[headBytes-4:], crc32.Checksum(data[:headBytes-4], castagnoli))
	_, err := Open(put(t, data), "d/a")
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "version 3") {
		t.Errorf("Open: %v, want ErrNewer and the version", err)
	}
}

// reseal gives a file whose bytes were changed the checksums that belong to them, as far as it has the
// parts of a file.
func reseal(data []byte) {
	if len(data) < headBytes+footBytes(formatVersion) {
		return
	}
	binary.LittleEndian.PutUint32(data[headBytes-4:], crc32.Checksum(data[:headBytes-4], castagnoli))
	foot := data[len(data)-footBytes(formatVersion):]
	copy(data, magic)
	copy(foot[footBytes(formatVersion)-len(endMagic):], endMagic)
	var sections [numSections][]byte
	at := headBytes
	for i := range sections {
		length := binary.LittleEndian.Uint64(foot[16+i*sectionBytes:])
		if length > uint64(len(data)-footBytes(formatVersion)-at) {
			return
		}
		sections[i] = data[at : at+int(length)]
		at += int(length)
	}
	resealRuns(sections[sectionData], sections[sectionRuns])
	for i := sectionRuns; i < numSections; i++ {
		binary.LittleEndian.PutUint32(foot[16+i*sectionBytes+8:], crc32.Checksum(sections[i], castagnoli))
	}
	sum := crc32.Update(binary.LittleEndian.Uint32(data[headBytes-4:]), castagnoli, foot[:footBytes(formatVersion)-12])
	binary.LittleEndian.PutUint32(foot[footBytes(formatVersion)-12:], sum)
}

func resealRuns(data, runs []byte) {
	for ; len(runs) >= runBytes; runs = runs[runBytes:] {
		start, end := binary.LittleEndian.Uint64(runs), uint64(len(data))
		if len(runs) >= 2*runBytes {
			end = binary.LittleEndian.Uint64(runs[runBytes:])
		}
		if start <= end && end <= uint64(len(data)) {
			binary.LittleEndian.PutUint32(runs[8:], crc32.Checksum(data[start:end], castagnoli))
		}
	}
}

// TestEveryByteUnderGoodChecksums puts several values into each byte and corrects the checksums: the
// structure must hold by itself. Many such files are good ones; none may panic.
func TestEveryByteUnderGoodChecksums(t *testing.T) {
	whole := smallBytes(t)
	for i := range whole {
		for _, value := range []byte{0, 1, 2, 3, 5, 0x7f, 0x80, 0xff, whole[i] + 1, whole[i] - 1} {
			data := bytes.Clone(whole)
			data[i] = value
			reseal(data)
			if err := readAll(put(t, data), "d/a"); err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNewer) {
				t.Errorf("byte %d is %#x: %v, want nil, ErrDamaged or ErrNewer", i, value, err)
			}
		}
	}
}

// FuzzOpen reads and inspects any bytes, as they are and with the checksums that belong to them.
func FuzzOpen(f *testing.F) {
	f.Add(smallBytes(f))
	f.Add([]byte(magic))
	f.Add([]byte{})
	fsys := newMemory(f)
	head, m := small()
	head.Windows = 1
	m.write(f, fsys, "d/one", head)
	f.Add(bytesOf(f, fsys, "d/one"))
	many := model{} // several runs, groups of refs, and forms of postings
	for i := range uint32(70) {
		many[Series{0, i}] = modelSeries{fleetTags(int(i) * 53), map[int64]string{head.First: "block"}}
	}
	many.write(f, fsys, "d/many", head)
	f.Add(bytesOf(f, fsys, "d/many"))
	model{}.write(f, fsys, "d/empty", head)
	f.Add(bytesOf(f, fsys, "d/empty"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, seal := range []bool{false, true} {
			data := bytes.Clone(data)
			if seal {
				reseal(data)
			}
			fsys := put(t, data)
			read := readAll(fsys, "d/a")
			if read != nil && !errors.Is(read, ErrDamaged) && !errors.Is(read, ErrNewer) {
				t.Errorf("%v, want nil, ErrDamaged or ErrNewer", read)
			}
			inspected := Inspect(io.Discard, fsys, "d/a", nil)
			if inspected != nil && !errors.Is(inspected, ErrDamaged) && !errors.Is(inspected, ErrNewer) {
				t.Errorf("Inspect: %v, want nil, ErrDamaged or ErrNewer", inspected)
			}
			if read != nil && inspected == nil {
				t.Errorf("Inspect is content with a file of which Readers say: %v", read)
			}
		}
	})
}
