package wal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"os"
	"strings"
	"testing"
)

// readGolden returns the bytes of an annotated file: hex left of "|", its meaning right of it, # begins a
// comment.
func readGolden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var data []byte
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		digits, _, _ := strings.Cut(line, "|")
		part, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
		if err != nil {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
		data = append(data, part...)
	}
	return data
}

// goldenOrigin is what the golden segment of version 2 says of its directory.
var goldenOrigin = Origin{StepMillis: 60_000, WindowSlots: 60, Shards: 16, Instance: "FHXEVH6RY54QFBBCCDJ4R3QWFI"}

// TestGolden checks that the format is written and read as it was when its version was released, and that older
// versions are read.
func TestGolden(t *testing.T) {
	files, records := smallLogOf(t, goldenOrigin)
	golden := readGolden(t, "testdata/v2.txt")
	if !bytes.Equal(files[2], golden) {
		t.Errorf("written\n%swant\n%s", hex.Dump(files[2]), hex.Dump(golden))
	}
	for name, origin := range map[string]Origin{"v1": {}, "v2": goldenOrigin} {
		fsys := onDisk(t, map[uint32][]byte{2: readGolden(t, "testdata/"+name+".txt")})
		if h, err := ReadHeader(fsys, segmentPath(testDir, 2)); err != nil || h.Origin != origin || h.Previous.Segment() != 1 {
			t.Errorf("%s: header %+v, error %v", name, h, err)
		}
		l, got := openLog(t, Config{FS: fsys, Origin: goldenOrigin})
		if diff := diffRecords(got, records[3:]); diff != "" {
			t.Errorf("%s: read (-got +want):\n%s", name, diff)
		}
		checkContinues(t, l, fsys, got)
	}
}

// sumOf is CRC-32C written for the eye: the polynomial of RFC 3720, bit by bit, and not the table that the
// package uses.
func sumOf(data []byte) []byte {
	sum := ^uint32(0)
	for _, b := range data {
		sum ^= uint32(b)
		for range 8 {
			sum = sum>>1 ^ (sum&1)*0x82f63b78
		}
	}
	return binary.LittleEndian.AppendUint32(nil, ^sum)
}

func TestSumIsTheStandardOne(t *testing.T) {
	data := []byte("123456789")
	want := []byte{0x83, 0x92, 0x06, 0xe3} // RFC 3720's check value, 0xe3069283
	got := binary.LittleEndian.AppendUint32(nil, crc32.Checksum(data, castagnoli))
	if plain := sumOf(data); !bytes.Equal(got, want) || !bytes.Equal(plain, want) {
		t.Errorf("checksum %x and plainly %x, want %x", got, plain, want)
	}
}

// TestPositionNames checks the names of segments, both ways.
func TestPositionNames(t *testing.T) {
	if got, want := newPosition(1, 28).String(), "00000001.wal+28"; got != want {
		t.Errorf("position %s, want %s", got, want)
	}
	for name, want := range map[string]uint32{
		"00000001.wal": 1, "4294967295.wal": 1<<32 - 1, "123456789.wal": 123456789,
		"00000000.wal": 0, "1.wal": 0, "+0000001.wal": 0, "00000001.wal.tmp": 0,
		"000000001.wal": 0, "4294967296.wal": 0, "": 0,
	} {
		if got, ok := segmentNumber(name); got != want || ok != (want != 0) {
			t.Errorf("segmentNumber(%q): %d, %t, want %d", name, got, ok, want)
		}
	}
}
