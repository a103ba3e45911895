package blockfile

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const inspected = `d/a: block file, format version 3, 857 bytes
sequence 3, windows 497760 to 497761: 2 of 60 slots of 1m0s
3 series of 2 shards, 4 tags of 2 keys

   section   at  bytes  B/series
      data   52     57     19.00
    parity  317    166     55.33
      runs  483      8      2.67
    shards  491     16      5.33
   numbers  507     12      4.00
      keys  519     27      9.00
      tags  546     28      9.33
      refs  574     12      4.00
  postings  586     35     11.67
    hashes  621     28      9.33

  window                  ends  blocks  bytes  B/slot
  497760  2026-10-14T01:00:00Z       2      9    0.07
  497761  2026-10-14T02:00:00Z       2      5    0.04

        key  values  series
     "name"       2       3
  "nf.node"       2       2
`

func TestInspect(t *testing.T) {
	var out strings.Builder
	blocks := 0
	err := Inspect(&out, put(t, smallBytes(t)), "d/a", func(slots int, block []byte) error {
		if blocks++; slots != 60 || len(block) == 0 {
			t.Errorf("a block of %d bytes for %d slots", len(block), slots)
		}
		return nil
	})
	if diff := cmp.Diff(inspected, out.String()); diff != "" || err != nil || blocks != 4 {
		t.Errorf("%d blocks, error %v (-want +got)\n%s", blocks, err, diff)
	}
}

// TestInspectFinds damages each byte in turn, with the checksums corrected: what readers may overlook is found.
// The head may say other things, and blocks are not looked into.
func TestInspectFinds(t *testing.T) {
	whole := smallBytes(t)
	r := open(t, put(t, whole), "d/a")
	blocks := r.contents.sections[sectionData].offset + 3*4
	for i := range whole {
		at := int64(i)
		free := at < headBytes || // another step, window, sequence or length of run
			at >= blocks && at < r.contents.sections[sectionRuns].offset || // blocks
			at >= r.contents.sections[sectionShards].offset && at < r.contents.sections[sectionTags].offset || // names of shards, series and keys
			at >= r.contents.sections[sectionTags].offset+16 && at < r.contents.sections[sectionRefs].offset // values
		if free {
			continue
		}
		data := bytes.Clone(whole)
		data[i] ^= 0x15
		reseal(data)
		if bytes.Equal(data, whole) {
			continue // a checksum
		}
		var out strings.Builder
		if err := Inspect(&out, put(t, data), "d/a", nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d is %#x, not %#x: error %v\n%s", i, data[i], whole[i], err, &out)
		}
	}
}

func TestInspectNamesBadBlocks(t *testing.T) {
	var out strings.Builder
	bad := errors.New("not a block")
	err := Inspect(&out, put(t, smallBytes(t)), "d/a", func(int, []byte) error { return bad })
	if !errors.Is(err, ErrDamaged) || !strings.Contains(out.String(), "position 1 in window 497761: not a block") {
		t.Errorf("error %v, output\n%s", err, &out)
	}
}
