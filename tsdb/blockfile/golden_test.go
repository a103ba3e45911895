package blockfile

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readGolden returns the bytes of an annotated file: hex left of "|", its meaning right of it, # begins a
// comment.
func readGolden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
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

// TestGolden checks that every version of the format is read as it was when it was released, and the newest one
// written.
func TestGolden(t *testing.T) {
	for version := range formatVersion {
		name := fmt.Sprintf("v%d.txt", version+1)
		t.Run(name, func(t *testing.T) { testGolden(t, readGolden(t, filepath.Join("testdata", name))) })
	}
	golden := readGolden(t, filepath.Join("testdata", fmt.Sprintf("v%d.txt", formatVersion)))
	if got := smallBytes(t); !bytes.Equal(got, golden) {
		t.Errorf("written\n%swant\n%s", hex.Dump(got), hex.Dump(golden))
	}
}

func testGolden(t *testing.T, golden []byte) {
	head, m := small()
	r := open(t, put(t, golden), "d/a")
	if r.Head() != head || r.Len() != len(m) {
		t.Fatalf("read %+v and %d series, want %+v and %d", r.Head(), r.Len(), head, len(m))
	}
	for i, s := range m.order() {
		canonical, err := r.AppendCanonical(nil, uint32(i))
		if string(canonical) != string(m[s].tags.AppendCanonical(nil)) || err != nil {
			t.Errorf("tags of %v: %q, %v; want %v", s, canonical, err, m[s].tags)
		}
		if got, found, err := r.FindTags(s.Shard, canonical); got != uint32(i) || !found || err != nil {
			t.Errorf("tags of %v are found at %d, %v, %v; want %d", s, got, found, err, i)
		}
		for window := head.First; window <= head.Last(); window++ {
			if got, err := r.AppendBlock(nil, uint32(i), window); string(got) != m[s].blocks[window] || err != nil {
				t.Errorf("block of %v in %d: %q, %v; want %q", s, window, got, err, m[s].blocks[window])
			}
		}
	}
}

// TestMergeOldVersions makes of a file of each version what is written now.
func TestMergeOldVersions(t *testing.T) {
	for _, name := range []string{"v1.txt", "v2.txt"} {
		fsys := put(t, readGolden(t, filepath.Join("testdata", name)))
		r := open(t, fsys, "d/a")
		_, err := Merge(t.Context(), fsys, "d/b", r.Head(), []*Reader{r, r})
		must(t, err)
		if got, want := bytesOf(t, fsys, "d/b"), smallBytes(t); !bytes.Equal(got, want) {
			t.Errorf("%s becomes\n%swant\n%s", name, hex.Dump(got), hex.Dump(want))
		}
	}
}
