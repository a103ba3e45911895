package blockfile

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
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
func put(t testing.TB, data []byte) *vfstest.Memory {
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
	defer func() {
		if damages := r.Damages(); err == nil && len(damages) > 0 {
			err = damages[0].Cause
		}
		err = errors.Join(err, r.Close())
	}()
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

// TestEveryTruncation cuts the file off at each byte. While its data and a directory are there it says what it said before.
func TestEveryTruncation(t *testing.T) {
	whole := smallBytes(t)
	_, m := small()
	d, problem, err := findDirectory(whole)
	must(t, cmp.Or(problem, err))
	needed := int(d.parity.offset + d.parity.length)
	for n := range whole {
		data := whole[:n]
		if n < needed {
			if err := readAll(put(t, data), "d/a"); !errors.Is(err, ErrDamaged) {
				t.Errorf("%d of %d bytes: %v, want ErrDamaged", n, len(whole), err)
			}
			continue
		}
		if lost := checkAgainst(t, data, m); len(lost) > 0 {
			t.Errorf("%d of %d bytes: %v are lost", n, len(whole), lost)
		}
		checkInspect(t, data)
	}
	longer := append(bytes.Clone(whole), 0)
	if lost := checkAgainst(t, longer, m); len(lost) > 0 {
		t.Errorf("with a byte more %v are lost", lost)
	}
	checkInspect(t, longer)
	if err := readAll(put(t, whole), "d/a"); err != nil {
		t.Errorf("the whole file: %v", err)
	}
}

// TestEveryBit flips each bit in turn. One in the data costs the block it is in, or the row, and any other nothing.
func TestEveryBit(t *testing.T) {
	head, m := small()
	fsys := newMemory(t)
	m.write(t, fsys, "d/two", head)
	head.Windows = 1
	for s, one := range m {
		m[s] = modelSeries{one.tags, map[int64]string{head.First: "block" + one.tags.String()}}
	}
	m.write(t, fsys, "d/one", head)
	testEveryBit(t, bytesOf(t, fsys, "d/one"), m, 0, 0)
	_, m = small()
	testEveryBit(t, bytesOf(t, fsys, "d/two"), m, 64, 68)
}

// testEveryBit does that to a file. The bytes from ≤ i < to are the checksum of the lengths of a row that lacks no block.
func testEveryBit(t *testing.T, whole []byte, m model, from, to int) {
	d, problem, err := findDirectory(whole)
	must(t, cmp.Or(problem, err))
	for i := range len(whole) * 8 {
		data := bytes.Clone(whole)
		data[i/8] ^= 1 << (i % 8)
		lost := checkAgainst(t, data, m)
		s := d.sections[sectionData]
		inData := int64(i/8) >= s.offset && int64(i/8) < s.offset+s.length && (i/8 < from || i/8 >= to)
		if inData != (len(lost) > 0) {
			t.Errorf("bit %d of byte %d flipped: %v are lost", i%8, i/8, lost)
		}
		checkInspect(t, data)
	}
}

// TestEveryBitOfOldVersions flips each bit of files that have fewer checksums: whoever reads all of them hears of it.
func TestEveryBitOfOldVersions(t *testing.T) {
	for _, name := range []string{"v1.txt", "v2.txt"} {
		whole := readGolden(t, filepath.Join("testdata", name))
		if err := readAll(put(t, whole), "d/a"); err != nil {
			t.Errorf("%s as it is: %v", name, err)
		}
		for i := range len(whole) * 8 {
			data := bytes.Clone(whole)
			data[i/8] ^= 1 << (i % 8)
			if err := readAll(put(t, data), "d/a"); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "d/a") {
				t.Errorf("%s, bit %d of byte %d flipped: %v, want ErrDamaged and the file's name", name, i%8, i/8, err)
			}
		}
	}
}

// TestEmptyRow makes the first row of a file of one window empty, by where it ends: its block is lost, not just missing.
func TestEmptyRow(t *testing.T) {
	head, m := small()
	head.Windows = 1
	for s, one := range m {
		m[s] = modelSeries{one.tags, map[int64]string{head.First: "block"}}
	}
	fsys := newMemory(t)
	m.write(t, fsys, "d/a", head)
	data := bytesOf(t, fsys, "d/a")
	clear(data[headBytes : headBytes+4])
	if lost := checkAgainst(t, data, m); len(lost) != 1 || lost[0].First != m.order()[0] || lost[0].Last != m.order()[1] {
		t.Errorf("lost are %v, want the first series, and the second, which lies elsewhere now", lost)
	}
}

// checkInspect wants Inspect to find damage.
func checkInspect(t *testing.T, data []byte) {
	t.Helper()
	if err := Inspect(io.Discard, put(t, data), "d/a", nil); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "d/a") {
		t.Errorf("Inspect: %v, want ErrDamaged and the file's name", err)
	}
}

// checkAgainst reads all of a file, wants it to have what m has but for what it says is lost, and returns that.
func checkAgainst(t *testing.T, data []byte, m model) (lost []Extent) {
	t.Helper()
	r := open(t, put(t, data), "d/a")
	order := m.order()
	missing := make(map[Series][]int64)
	for i, s := range order {
		position := uint32(i)
		canonical, err := r.AppendCanonical(nil, position)
		if string(canonical) != string(m[s].tags.AppendCanonical(nil)) || err != nil {
			t.Errorf("tags of %v: %q, %v", s, canonical, err)
		}
		if at, found, err := r.FindTags(s.Shard, canonical); at != position || !found || err != nil {
			t.Errorf("%v by its tags: %d, %t, %v", s, at, found, err)
		}
		for window := r.head.First; window <= r.head.Last(); window++ {
			got := ""
			must(t, r.Block(s, window, func(block []byte) error {
				got = string(block)
				return nil
			}))
			switch want := m[s].blocks[window]; {
			case got == want:
			case got == "":
				missing[s] = append(missing[s], window)
			default:
				t.Errorf("block of %v in %d: %q, want %q", s, window, got, want)
			}
		}
	}
	for _, one := range []struct {
		p    tag.Predicate
		want []uint32
	}{{tag.True{}, []uint32{0, 1, 2}}, {tag.Equal{Key: "name", Value: "cpu"}, []uint32{0, 1}}, {tag.Equal{Key: "nf.node", Value: "i-2"}, []uint32{1}}} {
		if got, err := r.Lookup(t.Context(), one.p); !slices.Equal(got, one.want) || err != nil {
			t.Errorf("Lookup of %v: %v, %v", one.p, got, err)
		}
	}
	for _, d := range r.Damages() {
		if !errors.Is(d.Cause, ErrDamaged) || !strings.Contains(d.Cause.Error(), "d/a") {
			t.Errorf("%v: want ErrDamaged and the file's name", d.Cause)
		}
		lost = append(lost, d.Lost...)
	}
	for s, windows := range missing {
		for _, window := range windows {
			if !slices.ContainsFunc(lost, func(e Extent) bool { return e.Covers(s, window) }) {
				t.Errorf("%v is missing in window %d, and not among what is lost: %v", s, window, lost)
			}
		}
	}
	return lost
}

func TestNewerVersion(t *testing.T) {
	data := smallBytes(t)
	binary.LittleEndian.PutUint32(data[8:], formatVersion+1)
	binary.LittleEndian.PutUint32(data[headBytes-4:], crc32.Checksum(data[:headBytes-4], castagnoli))
	_, err := Open(put(t, data), "d/a")
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "version 4") {
		t.Errorf("Open: %v, want ErrNewer and the version", err)
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
	for _, name := range []string{"v1.txt", "v2.txt"} {
		f.Add(readGolden(f, filepath.Join("testdata", name)))
	}
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
