package wal

import (
	"bytes"
	"testing"
)

// FuzzReplay gives two files of any content to a log. They end in an error or in a replay that a second
// one repeats.
func FuzzReplay(f *testing.F) {
	files, _ := smallLog(f)
	f.Add(files[1], files[2])
	f.Add(files[1][:40], files[2])
	f.Add(files[1], files[2][:60])
	f.Add(files[1], []byte{})
	f.Add(append(bytes.Clone(files[1]), files[1]...), Header{Number: 2, Previous: newPosition(1, 100)}.append(nil))
	f.Add(bytes.Repeat([]byte{0}, 100), bytes.Repeat([]byte{0xff}, 100))
	f.Add([]byte(segmentMagic), readGolden(f, "testdata/v1.txt"))
	f.Add(files[1], readGolden(f, "testdata/v2.txt"))
	f.Add(files[1][:firstPartBytes], files[2][:segmentHeaderBytes-1])
	f.Fuzz(func(t *testing.T, first, second []byte) {
		fsys := onDisk(t, map[uint32][]byte{1: first, 2: second})
		l, err := Open(Config{FS: fsys, Dir: testDir})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		got, err := replayAll(l)
		if err != nil {
			return
		}
		checkContinues(t, l, fsys, got)
	})
}
