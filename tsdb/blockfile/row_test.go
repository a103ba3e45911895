package blockfile

import "testing"

// FuzzRow reads rows of any bytes, which may be damaged, in two ways: block by block and one alone.
func FuzzRow(f *testing.F) {
	for _, blocks := range [][][]byte{
		{[]byte("one")},
		{nil, []byte("two"), nil},
		{make([]byte, 200), []byte("x"), make([]byte, 1)},
	} {
		f.Add(appendRow(nil, &sealer{}, 0, blocks)[min(1, len(blocks)-1)*sumBytes:], uint8(len(blocks)))
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 2}, uint8(3))
	f.Fuzz(func(t *testing.T, row []byte, windows uint8) {
		n := max(1, int(windows))
		var blocks [][]byte // as far as the row is good
		reader, good := readRow(row, n)
		for len(blocks) < n && good {
			var block []byte
			if block, good = reader.next(); good {
				blocks = append(blocks, block)
			}
		}
		for k := range n {
			got, _, ok := rowBlock(row, n, k)
			switch {
			case good && !ok:
				t.Fatalf("window %d of %d: no block, want %q", k, n, blocks[k])
			case ok && k < len(blocks) && string(got) != string(blocks[k]):
				t.Fatalf("window %d of %d: %q, want %q", k, n, got, blocks[k])
			}
		}
	})
}
