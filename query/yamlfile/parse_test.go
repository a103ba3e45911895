package yamlfile

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

const limit = 1 << 20

// TestOpenings: each of these is the same document, a: [1, 2].
func TestOpenings(t *testing.T) {
	for name, file := range map[string]string{
		"bare":                         "a: [1, 2]",
		"mark":                         "\uFEFFa: [1, 2]\n",
		"marker":                       "---\na: [1, 2]\n",
		"marker and comment":           "--- # here it begins\na: [1, 2]\n",
		"marker and tab":               "---\t# here\na: [1, 2]\n",
		"content behind the marker":    "--- {a: [1, 2]}\n",
		"content behind a tab":         "---\t{a: [1, 2]}\n",
		"directive":                    "%YAML 1.2\n---\na: [1, 2]\n",
		"older directive":              "%YAML 1.1\n---\na: [1, 2]\n",
		"newer directive":              "%YAML 1.3 # some day\n---\na: [1, 2]\n",
		"mark and directive":           "\uFEFF%YAML 1.2\n---\na: [1, 2]\n",
		"tag directive":                "%TAG ! tag:example.com,2000:\n---\na: [1, 2]\n",
		"several directives":           "%YAML 1.2\n# c\n%TAG !e! tag:x:\n%FOO bar\n\n---\na: [1, 2]\n",
		"comments before":              "# one\n\n  # two\n---\n# three\na: [1, 2]\n",
		"comment before the directive": "# one\n%YAML 1.2\n---\na: [1, 2]\n",
		"mark and comment":             "\uFEFF# one\na: [1, 2]\n",
		"end":                          "a: [1, 2]\n...\n",
		"end and comment":              "a: [1, 2]\n... # that is all\n# really\n",
		"end without line end":         "---\na: [1, 2]\n...",
		"end at the start":             "...\na: [1, 2]\n",
		"all of it":                    "\uFEFF# c\n%YAML 1.2\n--- # c\na: [1, 2]\n...\n# c\n",
		"all of it, Windows":           "\uFEFF# c\r\n%YAML 1.2\r\n--- # c\r\na: [1, 2]\r\n...\r\n# c\r\n",
		"old Macintosh":                "# c\r---\ra: [1, 2]\r",
		"empty document before":        "---\n# nothing\n---\na: [1, 2]\n",
		"ended document before":        "---\n...\n---\na: [1, 2]\n",
		"empty document behind":        "a: [1, 2]\n---\n",
		"empty documents behind":       "a: [1, 2]\n...\n---\n# c\n...\n",
		"mark of a second prefix":      "---\n...\n\uFEFF%YAML 1.2\n---\na: [1, 2]\n",
		"tag":                          "--- !!map\na: [1, 2]\n",
		"tag without a marker":         "!!map\na: [1, 2]\n",
		"tag of a flow":                "--- !!map {a: [1, 2]}\n",
		"tag in full":                  "--- !<tag:yaml.org,2002:map>\na: [1, 2]\n",
		"tag of no other":              "--- !\na: [1, 2]\n",
		"anchor":                       "--- &all\na: [1, 2]\n",
		"anchor of a flow":             "&all {a: [1, 2]}\n",
		"anchor and tag":               "--- &all !!map\na: [1, 2]\n",
		"tag and anchor":               "--- !!map &all\na: [1, 2]\n",
		"tag and comment":              "--- !!map # c\na: [1, 2]\n",
		"tag and lines":                "--- !!map\n\n# c\na: [1, 2]\n",
		"directive after an end":       "...\n%YAML 1.2\n---\na: [1, 2]\n",
	} {
		for encoding, encoded := range encodings(file) {
			got, err := Decode(encoded, limit)
			if diff := cmp.Diff(map[string]any{"a": []any{uint64(1), uint64(2)}}, got); err != nil || diff != "" {
				t.Errorf("%s, %s: error %v, (-want +got):\n%s", name, encoding, err, diff)
			}
		}
	}
}

// encodings returns text in all encodings of YAML; without a mark if it has none.
func encodings(text string) map[string][]byte {
	all := map[string][]byte{"UTF-8": []byte(text)}
	for name, order := range map[string]binary.AppendByteOrder{"LE": binary.LittleEndian, "BE": binary.BigEndian} {
		var wide, wider []byte
		for _, r := range text {
			wider = order.AppendUint32(wider, uint32(r))
		}
		for _, u := range utf16.Encode([]rune(text)) {
			wide = order.AppendUint16(wide, u)
		}
		all["UTF-16"+name], all["UTF-32"+name] = wide, wider
	}
	return all
}

// TestNothing: these hold no document, or an empty one.
func TestNothing(t *testing.T) {
	for _, file := range []string{"", "\n", "# c", "---", "---\n", "--- # c\n...\n", "%YAML 1.2\n---\n", "\uFEFF", "...\n", "---\n---\n", "\xFF\xFE", "\xFE\xFF"} {
		if root, err := Parse([]byte(file), limit); root != nil || err != nil {
			t.Errorf("%q: got %v, %v", file, root, err)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"a: 1\n---\nb: 2\n", "line 3, column 1: a second document: the file is one, and it begins in line 1"},
		{"# c\n---\n\na: 1\n...\nb: 2\n", "line 6, column 1: a second document: the file is one, and it begins in line 4"},
		{"a: 1\n--- b\n", "line 2, column 1: a second document"},
		{"a: 1\n...\n%YAML 1.2\n---\nb: 1", "line 5, column 1: a second document"},
		{"a: 1\n... b\n", "line 2, column 4: nothing but a comment stands behind ..."},
		{"%YAML 1.2\na: 1\n", "line 1, column 1: behind a directive a line with --- begins the document"},
		{"%YAML 1.2\n", "line 1, column 1: behind a directive"},
		{"%YAML 1.2\n...\n", "line 1, column 1: behind a directive"},
		{"%YAML 1.2\n%YAML 1.2\n---\n", "line 2, column 1: a second %YAML: the first is in line 1"},
		{"%YAML 2.0\n---\n", "line 1, column 1: %YAML 2.0: this program reads 1.2"},
		{"%YAML 1.x\n---\n", "line 1, column 1: %YAML 1.x: this program reads 1.2"},
		{"%YAML\n---\n", "line 1, column 1: %YAML without a version"},
		{"\uFEFF%YAML 1.2\r\n---\r\na: 1\r\nb: [\r\n", "line 4, column 4: sequence end token ']' not found"},
		{"\uFEFFb: [\n", "line 1, column 4: sequence end token ']' not found"},
		{"---\n...\n---\na: 1\na: 2\n", `line 5, column 1: mapping key "a" already defined`},
		{"a: \xffx", "line 1, column 4: this is no UTF-8; save the file as UTF-8"},
		{"ab: 1\nä: \xe4", "line 2, column 4: this is no UTF-8"},
		{"\xFF\xFEa\x00:\x00 \x00\x00\xD8", "line 1, column 4: this is no UTF-8"},
		{"\xFF\xFEa\x00:", "line 1, column 2: this is no UTF-8"},
		{"a: 1\n\x00\x00\x00", "line 2, column 1: a control character"},
		{strings.Repeat("[", 1<<19), "line 1, column 101: nested too deeply"},
		{strings.Repeat("{a: ", 1<<17), "line 1, column 401: nested too deeply"},
		{strings.Repeat("- ", 1<<18), "line 1, column 1001: nested too deeply"},
		{"- a", "line 1, column 1: the file is a mapping of keys to values"},
	} {
		if _, err := Decode([]byte(c.file), limit); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%.40q: got error %v, want %s", c.file, err, c.want)
		}
	}
	if _, err := Parse(make([]byte, 11), 10); err == nil || err.Error() != "the file has 11 bytes, the limit is 10" {
		t.Errorf("got error %v", err)
	}
}

// TestMarkersInsideTexts: what looks like a directive or a marker is none inside of a text.
func TestMarkersInsideTexts(t *testing.T) {
	got, err := Decode([]byte("a: |\n  ---\n  %YAML\n  ...\nb: ---x\nc: \"\uFEFF\"\n"), limit)
	want := map[string]any{"a": "---\n%YAML\n...\n", "b": "---x", "c": "\uFEFF"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, (-want +got):\n%s", err, diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"\uFEFF%YAML 1.2\r\n---\t# c\r\na: [1, {b: c}]\r\n...\r\n", "a: |\n  x\n---\n", "\xFF\xFEa\x00", "- - x", "? a\n: b", "&a x", "%TAG"} {
		for _, encoded := range encodings(file) {
			f.Add(encoded)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Decode(data, 1<<12); err != nil {
			return
		}
		// Windows line ends and a mark change nothing.
		if widthOf(data).bytes != 1 {
			return
		}
		text := "\uFEFF" + strings.ReplaceAll(strings.TrimPrefix(string(data), "\uFEFF"), "\r\n", "\n")
		if _, err := Decode([]byte(text), 1<<13); err != nil {
			t.Errorf("%q is read, and not with a mark: %v", data, err)
		}
	})
}
