package wal

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// smallLog returns the files of a log of two segments, and its records.
func smallLog(t testing.TB) (files map[uint32][]byte, records []Record) {
	t.Helper()
	return smallLogOf(t, Origin{})
}

func smallLogOf(t testing.TB, origin Origin) (files map[uint32][]byte, records []Record) {
	t.Helper()
	fsys := vfstest.NewMemory()
	l, _ := openLog(t, Config{FS: fsys, Origin: origin})
	records = []Record{
		{Type: Series, Version: 1, Body: []byte("name=cpu")},
		{Type: Points, Version: 2, Body: []byte{1, 2, 3, 0xff}},
		{Type: Document, Version: 1}, // without a body
		{Type: AlertState, Version: 1, Body: []byte("pending")},
		{Type: Points, Version: 2, Body: bytes.Repeat([]byte{0}, 40)},
		{Type: Notification, Version: 1, Body: []byte("firing")},
	}
	mustAppend(t, l, records[0], records[1])
	mustAppend(t, l, records[2])
	if _, err := l.Rotate(); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, records[3])
	mustAppend(t, l, records[4:]...)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	files = map[uint32][]byte{}
	for number := range uint32(2) {
		data, err := vfs.ReadFile(fsys, segmentPath(testDir, number+1), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		files[number+1] = data
	}
	return files, records
}

// onDisk returns a file system that holds the files as segments, all durable.
func onDisk(t testing.TB, files map[uint32][]byte) *vfstest.Memory {
	t.Helper()
	fsys := vfstest.NewMemory()
	if err := fsys.MkdirAll(testDir); err != nil {
		t.Fatal(err)
	}
	for number, data := range files {
		if err := vfs.ReplaceFile(fsys, segmentPath(testDir, number), data); err != nil {
			t.Fatal(err)
		}
	}
	return fsys
}

// checkContinues checks that a log that was replayed as got takes another record and is then replayed the
// same, with no more damage than is left in the middle.
func checkContinues(t *testing.T, l *Log, fsys *vfstest.Memory, got []Record) {
	t.Helper()
	mustAppend(t, l, point("one more"))
	l.Close()
	again, records := openLog(t, Config{FS: fsys.PowerLoss(nil)})
	if diff := diffRecords(records, append(slices.Clone(got), point("one more"))); diff != "" {
		t.Fatalf("replayed again (-got +want):\n%s", diff)
	}
	if stats := again.Stats(); stats.Replay.TornBytes != 0 {
		t.Fatalf("the torn tail is still there: %+v", stats)
	}
	again.Close()
}

// recordsWithin counts the records of data, a segment, that end at or before length.
func recordsWithin(t *testing.T, number uint32, data []byte, length int) int {
	t.Helper()
	count := 0
	for entry, err := range Walk(onDisk(t, map[uint32][]byte{number: data}), segmentPath(testDir, number)) {
		if err != nil {
			t.Fatal(err)
		}
		if entry.End().Offset() <= int64(length) {
			count++
		}
	}
	return count
}

func TestTornTailAtEveryByte(t *testing.T) {
	files, records := smallLog(t)
	for length := range files[2] {
		fsys := onDisk(t, map[uint32][]byte{1: files[1], 2: files[2][:length]})
		l, got := openLog(t, Config{FS: fsys})
		want := records[:3+recordsWithin(t, 2, files[2], length)]
		if diff := diffRecords(got, want); diff != "" {
			t.Fatalf("cut at %d: replayed (-got +want):\n%s", length, diff)
		}
		stats := l.Stats()
		if stats.Replay.SkippedExtents != 0 {
			t.Fatalf("cut at %d: a torn tail is no damage: %+v", length, stats)
		}
		whole := stats.Replay.Bytes + stats.Replay.TornBytes + 2*segmentHeaderBytes
		if length >= segmentHeaderBytes && whole != int64(len(files[1])+length) {
			t.Fatalf("cut at %d: %d bytes are accounted for of %d", length, whole, len(files[1])+length)
		}
		size, err := fsys.Size(segmentPath(testDir, 2))
		if err != nil || length >= segmentHeaderBytes && size != int64(length)-stats.Replay.TornBytes {
			t.Fatalf("cut at %d: %d bytes are left (%v), want the tail of %d cut off", length, size, err, stats.Replay.TornBytes)
		}
		checkContinues(t, l, fsys, got)
	}
}

// TestMiddleSegmentCutAtEveryByte checks that a hole in the middle is damage, not a tail.
func TestMiddleSegmentCutAtEveryByte(t *testing.T) {
	files, records := smallLog(t)
	for length := range files[1] {
		fsys := onDisk(t, map[uint32][]byte{1: files[1][:length], 2: files[2]})
		l, got := openLog(t, Config{FS: fsys})
		want := slices.Concat(records[:recordsWithin(t, 1, files[1], length)], records[3:])
		if diff := diffRecords(got, want); diff != "" {
			t.Fatalf("cut at %d: replayed (-got +want):\n%s", length, diff)
		}
		if stats := l.Stats(); stats.Replay.SkippedBytes == 0 || stats.Replay.TornBytes != 0 {
			t.Fatalf("cut at %d: %+v, want skipped bytes and no tail", length, stats)
		}
		checkContinues(t, l, fsys, got)
	}
}

// TestEveryBitFlipped checks that a flipped bit costs the record it is in, no other, and is reported.
func TestEveryBitFlipped(t *testing.T) {
	files, records := smallLog(t)
	for number, data := range files {
		for bit := range 8 * len(data) {
			flipped := map[uint32][]byte{1: files[1], 2: files[2]}
			flipped[number] = slices.Clone(data)
			flipped[number][bit/8] ^= 1 << (bit % 8)
			fsys := onDisk(t, flipped)
			l, got := openLog(t, Config{FS: fsys})

			want := records
			if bit/8 >= segmentHeaderBytes {
				hit := 3*int(number-1) + recordsWithin(t, number, data, bit/8)
				want = slices.Delete(slices.Clone(records), hit, hit+1)
			}
			if diff := diffRecords(got, want); diff != "" {
				t.Fatalf("segment %d, bit %d of byte %d: replayed (-got +want):\n%s", number, bit%8, bit/8, diff)
			}
			if stats := l.Stats(); stats.Replay.SkippedBytes+stats.Replay.TornBytes == 0 {
				t.Fatalf("segment %d, bit %d of byte %d: not reported", number, bit%8, bit/8)
			}
			checkContinues(t, l, fsys, got)
		}
	}
}

func TestSegmentMissing(t *testing.T) {
	files, records := smallLog(t)
	fsys := onDisk(t, files)
	l, _ := openLog(t, Config{FS: fsys})
	mustAppend(t, l, point("third"))
	l.Close()
	if err := fsys.Remove(segmentPath(testDir, 2)); err != nil {
		t.Fatal(err)
	}
	l, got := openLog(t, Config{FS: fsys})
	if diff := diffRecords(got, append(records[:3:3], point("third"))); diff != "" {
		t.Errorf("replayed (-got +want):\n%s", diff)
	}
	if stats := l.Stats(); stats.Replay.SkippedExtents != 1 || stats.Replay.SkippedBytes != int64(len(files[2])) {
		t.Errorf("%+v, want one extent of %d bytes skipped", stats, len(files[2]))
	}
}

// TestLogInsideARecord damages a record whose body is itself a segment with the same number. None of
// the inner records may come out, because they lie elsewhere than where they were written.
func TestLogInsideARecord(t *testing.T) {
	files, _ := smallLog(t)
	fsys := vfstest.NewMemory()
	l, _ := openLog(t, Config{FS: fsys})
	mustAppend(t, l, Record{Type: Document, Version: 1, Body: files[1]}, point("behind"))
	l.Close()
	data, err := vfs.ReadFile(fsys, segmentPath(testDir, 1), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	data[segmentHeaderBytes+2] ^= 1
	l, got := openLog(t, Config{FS: onDisk(t, map[uint32][]byte{1: data})})
	if diff := diffRecords(got, []Record{point("behind")}); diff != "" {
		t.Errorf("replayed (-got +want):\n%s", diff)
	}
	want := int64(recordHeaderBytes + len(files[1]))
	if found := l.Stats().Replay; found.SkippedBytes != want || found.SkippedExtents != 1 {
		t.Errorf("%+v, want one extent of %d bytes skipped", found, want)
	}
}

func TestForeignAndNewerFiles(t *testing.T) {
	header := Header{Number: 1}.append(nil)
	newer := slices.Clone(header)
	newer[8] = formatVersion + 1
	newer = resum(newer)
	_, err := ReadHeader(onDisk(t, map[uint32][]byte{1: newer}), segmentPath(testDir, 1))
	if !errors.Is(err, ErrNewer) {
		t.Errorf("header of a newer segment: %v, want %v", err, ErrNewer)
	}
	l, err := Open(Config{FS: onDisk(t, map[uint32][]byte{1: newer}), Dir: testDir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replayAll(l); !errors.Is(err, ErrNewer) {
		t.Errorf("replay of a newer segment: %v, want %v", err, ErrNewer)
	}
	l.Close()

	// A file that is no segment is left alone, and so is one under another segment's name.
	foreign := bytes.Repeat([]byte("not ours "), 100)
	fsys := onDisk(t, map[uint32][]byte{1: foreign, 3: header})
	if err := vfs.ReplaceFile(fsys, testDir+"/notes.txt", foreign); err != nil {
		t.Fatal(err)
	}
	l, got := openLog(t, Config{FS: fsys})
	if len(got) != 0 {
		t.Errorf("replayed %v from foreign files", got)
	}
	mustAppend(t, l, point("a"))
	if data, err := vfs.ReadFile(fsys, segmentPath(testDir, 1), 1<<20); err != nil || !bytes.Equal(data, foreign) {
		t.Errorf("the foreign file was changed: %q, %v", data, err)
	}
}

// resum sets the checksum of a segment's head.
func resum(header []byte) []byte {
	h := slices.Clone(header)
	return append(h[:24], sumOf(h[:24])...)
}

func TestWalkReportsDamage(t *testing.T) {
	files, records := smallLog(t)
	data := slices.Clone(files[1])
	data[segmentHeaderBytes+recordHeaderBytes] ^= 1 // in the first body
	data = append(data, "tail"...)
	var got []string
	for entry, err := range Walk(onDisk(t, map[uint32][]byte{1: data}), segmentPath(testDir, 1)) {
		var damage *DamageError
		switch {
		case errors.As(err, &damage):
			got = append(got, fmt.Sprintf("damage %d+%d", damage.Offset, damage.Bytes))
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, fmt.Sprintf("type %d at %d", entry.Record.Type, entry.Position.Offset()))
		}
	}
	first := recordHeaderBytes + len(records[0].Body)
	want := []string{fmt.Sprintf("damage %d+%d", segmentHeaderBytes, first), fmt.Sprintf("type 2 at %d", segmentHeaderBytes+first),
		fmt.Sprintf("type 5 at %d", segmentHeaderBytes+first+16), fmt.Sprintf("damage %d+4", len(files[1]))}
	if !slices.Equal(got, want) {
		t.Errorf("walked\n%q, want\n%q", got, want)
	}
}
