package draw

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/image/font/gofont/goregular"
)

func testFonts(t testing.TB, names ...string) *Fonts {
	t.Helper()
	for i, name := range names {
		names[i] = filepath.Join("testdata", name)
	}
	fonts, err := LoadFonts(names)
	if err != nil {
		t.Fatal(err)
	}
	return fonts
}

func TestSpell(t *testing.T) {
	for _, c := range []struct{ text, none, added string }{
		{"", "", ""},
		{"latency of www <p99>", "latency of www <p99>", "latency of www <p99>"},
		{"größe Ж λ μs €", "größe Ж λ μs €", "größe Ж λ μs €"},
		{"a\u00a0b", "a\u00a0b", "a\u00a0b"},
		{"漢", "U+6F22", "漢"},
		{"a 漢字", "a U+6F22U+5B57", "a 漢U+5B57"}, // the font has one of them
		{"한 あ", "U+D55C U+3042", "한 あ"},
		{"→ ★ ✓ ☃", "→ ★ ✓ U+2603", "→ ★ ✓ U+2603"}, // marks are built in
		{"字🚀", "U+5B57U+1F680", "U+5B57U+1F680"},
		{"😀", "😀", "😀"},
		{"א", "U+05D0", "U+05D0"},
		{"ا", "U+0627", "U+0627"},
		{"،", "U+060C", "U+060C"}, // common to several scripts
		{"क", "U+0915", "U+0915"},
		{"ก", "U+0E01", "U+0E01"},
		{"ᄀ", "U+1100", "U+1100"}, // half a syllable
		{"e\u0301", "eU+0301", "eU+0301"},
		{"😀\u200d🔬", "U+1F600U+200DU+1F52C", "U+1F600U+200DU+1F52C"},
		{"😀🔬", "😀U+1F52C", "😀🔬"},
		{"❤\ufe0f", "U+2764U+FE0F", "U+2764U+FE0F"},
		{"😀🏽", "U+1F600U+1F3FD", "U+1F600U+1F3FD"},
		{"🇩", "U+1F1E9", "U+1F1E9"},
		{"1\ufe0f\u20e3", "1U+FE0FU+20E3", "1U+FE0FU+20E3"},
		{"a\u202eb\u2066\u200f", "aU+202EbU+2066U+200F", "aU+202EbU+2066U+200F"},
		{"a\u200db", "aU+200Db", "aU+200Db"},
		{"\x00\t\n\x7f\u0085\u00ad\u2028\ufeff", "U+0000U+0009U+000AU+007FU+0085U+00ADU+2028U+FEFF", "U+0000U+0009U+000AU+007FU+0085U+00ADU+2028U+FEFF"},
		{"\ue000", "U+E000", "U+E000"},
	} {
		var none *Fonts
		if got := none.Spell(c.text); got != c.none {
			t.Errorf("%+q without fonts: %q, want %q", c.text, got, c.none)
		}
		if got := testFonts(t, "test.ttf").Spell(c.text); got != c.added {
			t.Errorf("%+q with a font: %q, want %q", c.text, got, c.added)
		}
	}
}

func TestSpellControls(t *testing.T) {
	for text, want := range map[string]string{
		"漢 א ا क": "漢 א ا क", "😀\u200d🔬": "😀\u200d🔬", "क\u200d": "क\u200d",
		"a\u202eb\u2067\u200e\u061c": "aU+202EbU+2067U+200EU+061C", "\x01\n\ufffe": "U+0001U+000AU+FFFE",
	} {
		if got := SpellControls(text); got != want {
			t.Errorf("%+q: %+q, want %+q", text, got, want)
		}
	}
}

// A character of an added font is drawn in its cells; what no font has is drawn as if its code point had been written.
func TestAddedFonts(t *testing.T) {
	draw := func(fonts *Fonts, text string, zoom float64, bold bool) image.Image {
		l := &List{Width: 120, Height: 20, Zoom: zoom, Background: white, Fonts: fonts}
		l.Add(Text{4, 15, text, 12, 7, bold, Level, red})
		return render(t, l, bandPixels)
	}
	for _, name := range []string{"test.ttf", "test.otf", "test.ttc"} {
		fonts := testFonts(t, name)
		for _, zoom := range []float64{0.5, 1, 2} {
			for _, bold := range []bool{false, true} {
				picture := draw(fonts, fonts.Spell("a漢b"), zoom, bold)
				if got, want := rows(cut(picture, zoom, 25, 120)), rows(cut(draw(nil, "a  b", zoom, bold), zoom, 25, 120)); got != want {
					t.Errorf("%s, zoom %v: what follows is elsewhere:\n%s\n%s", name, zoom, got, want)
				}
				box := cut(picture, zoom, 11, 25)
				if inked := strings.Count(rows(box), "#"); inked < 40*int(zoom*zoom*10)/10 {
					t.Errorf("%s, zoom %v: only %d pixels of ink", name, zoom, inked)
				}
			}
		}
		if got, want := rows(draw(fonts, fonts.Spell("א字"), 1, false)), rows(draw(nil, "U+05D0U+5B57", 1, false)); got != want {
			t.Errorf("%s: spelled and written differ:\n%s\n%s", name, got, want)
		}
	}
	star := draw(testFonts(t, "test.ttf"), "★", 1, false)
	if got := rows(cut(star, 1, 11, 120)); strings.Contains(got, "#") {
		t.Errorf("a glyph too wide for its cell reaches into the next:\n%s", got)
	}
}

// cut returns the columns x1 to x2 of a picture before zoom.
func cut(picture image.Image, zoom float64, x1, x2 int) image.Image {
	b := picture.Bounds()
	whole := image.NewRGBA(image.Rect(0, 0, int(float64(x2-x1)*zoom), b.Dy()))
	for y := range b.Dy() {
		for x := range whole.Rect.Dx() {
			whole.Set(x, y, picture.At(x+int(float64(x1)*zoom), y))
		}
	}
	return whole
}

func TestLoadFontsRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	huge := write("huge.ttf", nil)
	if err := os.Truncate(huge, maxFontBytes+1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "none.ttf"): "no such file",
		dir:                            "it is no file",
		huge:                           "at most",
		write("empty.ttf", nil):        "no TrueType",
		write("text.ttf", []byte("not a font, but text")):  "no TrueType",
		write("cut.ttf", goregular.TTF[:2000]):             "invalid",
		write("web.woff2", []byte("wOF2 and a lot more.")): "WOFF",
	} {
		if _, err := LoadFonts([]string{filepath.Join("testdata", "test.ttf"), path}); err == nil ||
			!strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", path, err, want)
		}
	}
	if _, err := LoadFonts(make([]string, maxFontFiles+1)); err == nil {
		t.Error("any number of fonts is loaded")
	}
}

// FuzzFont draws with fonts that may be broken.
func FuzzFont(f *testing.F) {
	for _, name := range []string{"test.ttf", "test.otf", "test.ttc"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, "a漢あ★")
	}
	f.Fuzz(func(t *testing.T, data []byte, text string) {
		fonts := &Fonts{}
		if err := fonts.add(data); err != nil {
			return
		}
		spelled := fonts.Spell(text)
		if utf8.ValidString(text) && !utf8.ValidString(spelled) {
			t.Fatalf("%q became %q", text, spelled)
		}
		l := &List{Width: 100, Height: 20, Zoom: 1, Background: white, Fonts: fonts}
		l.Add(Text{4, 15, spelled, 12, 7, false, Level, red})
		render(t, l, bandPixels)
	})
}

// An SVG keeps text for its viewer, in as many cells as it takes.
func TestSVGText(t *testing.T) {
	for text, length := range map[string]string{"ab": "14", "漢a": "21", "é€": "14", "नमस्ते": "", "אב": "", "e\u0301": "", "😀\u200d🔬": ""} {
		l := &List{Width: 100, Height: 20, Zoom: 1, Background: white}
		l.Add(Text{4, 15, text, 12, 7, false, Level, red})
		var out bytes.Buffer
		if err := WriteSVG(&out, l); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), ">"+text+"</text>") {
			t.Errorf("%q is not in %s", text, out.String())
		}
		if want := fmt.Sprintf("textLength=%q", length); strings.Contains(out.String(), want) != (length != "") ||
			length == "" && strings.Contains(out.String(), "textLength") {
			t.Errorf("%q: want a length of %q in %s", text, length, out.String())
		}
		if err := xml.NewDecoder(&out).Decode(new(struct{})); err != nil && err != io.EOF {
			t.Errorf("%q: %v", text, err)
		}
	}
}
