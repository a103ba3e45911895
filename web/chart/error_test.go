package chart

import (
	"bytes"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestErrorLines breaks messages where Atlas's pictures break them.
func TestErrorLines(t *testing.T) {
	for _, c := range []struct {
		width int
		want  []string
	}{
		{400, []string{"USER ERROR: IllegalStateException: unknown word ':", "foo'"}},
		{400, []string{
			"USER ERROR: IllegalArgumentException: requirement ", "failed: lower bound must be less than upper bound ", "(2.0 >= 1.0)",
		}},
		{300, []string{"USER ERROR: IllegalStateException: no ", "matches for word ':eq' with stack ", "[String], candidates: [k:String v:", "String -- Query]"}},
		{300, []string{
			"USER ERROR: IllegalStateException: ", "unknown word ':this-word-does-not-", "exist-and-has-a-very-long-name-so-",
			"that-the-text-has-to-be-wrapped-in-", "the-picture'",
		}},
		{400, []string{"SYSTEM ERROR: UnsupportedOperationException: tail ", "of empty list"}},
	} {
		got := breakLines(strings.Join(c.want, ""), func(rest []rune) int { return fittingError(rest, c.width-2*textInset) })
		for i := range c.want {
			c.want[i] = strings.TrimSpace(c.want[i])
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d pixels (-want +got):\n%s", c.width, diff)
		}
	}
}

func TestWriteErrorPNG(t *testing.T) {
	for _, c := range []struct {
		name                   string
		width, height          int
		kind                   ErrorKind
		text                   string
		wantWidth, wantHeight  int
		wantRed, wantGreenLess uint8
	}{
		{"a user error", 300, 100, UserError, "x", 300, 100, 0xff, 0xd0},
		{"a system error", 300, 100, SystemFault, "x", 300, 100, 0xf8, 0x21},
		{"no size", 0, -1, UserError, "x", 1, 1, 0xff, 0xd0},
		{"too large, with a megabyte of text", 100_000, 100_000, SystemFault, strings.Repeat("text", 250_000), 2000, 1000, 0xf8, 0x21},
		{"no text, which is no UTF-8", 50, 50, UserError, "\xff\xfe", 50, 50, 0xff, 0xd0},
	} {
		var out bytes.Buffer
		if err := WriteErrorPNG(&out, c.width, c.height, c.kind, c.text, nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		picture, err := png.Decode(&out)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		size := picture.Bounds()
		ground := color.NRGBAModel.Convert(picture.At(size.Dx()-1, 0)).(color.NRGBA)
		if size.Dx() != c.wantWidth || size.Dy() != c.wantHeight || ground.R != c.wantRed || ground.G >= c.wantGreenLess {
			t.Errorf("%s: %d × %d pixels on %v", c.name, size.Dx(), size.Dy(), ground)
		}
	}
}
