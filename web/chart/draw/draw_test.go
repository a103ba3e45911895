package draw

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	white = Color(0xffffffff)
	red   = Color(0xffff0000)
	half  = Color(0x80000000)
)

// render returns the picture of a list, drawn in bands of at most so many pixels.
func render(t interface{ Fatal(...any) }, l *List, bandPixels int) image.Image {
	var out bytes.Buffer
	if err := writePNG(&out, l, bandPixels); err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// rows returns a picture as text: . white, # anything else opaque and dark, + what is in between.
func rows(picture image.Image) string {
	var b strings.Builder
	size := picture.Bounds()
	for y := range size.Dy() {
		for x := range size.Dx() {
			switch g := color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y; {
			case g > 250:
				b.WriteByte('.')
			case g < 100:
				b.WriteByte('#')
			default:
				b.WriteByte('+')
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name string
		zoom float64
		ops  []Op
		want string
	}{
		{"a rectangle", 1, []Op{Rect{1, 1, 3, 2, red}}, `
......
.###..
.###..
......
`},
		{"a line covers both ends, a rectangle's last pixel is left out", 1, []Op{Line{0, 1, 3, 1, red}, Rect{0, 3, 3, 1, red}}, `
......
####..
......
###...
`},
		{"dashes", 1, []Op{Dashes{0, 1, 5, 1, red}, Dashes{5, 0, 5, 3, red}}, `
.....#
#.#.#.
.....#
......
`},
		{"steps with a gap", 1, []Op{Steps{[]int32{0, 2, 3, 4, 5}, []int32{3, 1, Gap, 2}, 1, red}}, `
......
..##..
..#.##
###...
`},
		{"steps two pixels wide", 1, []Op{Steps{[]int32{1, 4}, []int32{2}, 2, red}}, `
......
#####.
#####.
......
`},
		{"bars", 1, []Op{Bars{[]int32{0, 2, 4, 5}, []int32{1, 0, 2}, []int32{3, 0, 1}, red}}, `
......
##....
##..#.
##....
`},
		{"cells", 1, []Op{Cells{[]int32{0, 2, 4}, []int32{4, 2, 1}, []uint16{1, 0, 0, 2}, []Color{red, half}}}, `
......
..++..
##....
##....
`},
		{"a clip", 1, []Op{Clip{1, 1, 2, 2}, Rect{0, 0, 6, 4, red}, EndClip{}, Rect{5, 3, 1, 1, red}}, `
......
.##...
.##...
.....#
`},
		{"alpha", 1, []Op{Rect{0, 0, 2, 1, half}, Rect{1, 0, 2, 1, half}}, `
+#+...
......
......
......
`},
		{"outside", 1, []Op{Rect{-5, -5, 6, 6, red}, Rect{5, 3, 900, 900, red}, Line{2, -9, 2, 9, red}}, `
#.#...
..#...
..#...
..#..#
`},
		{"zoom 2", 2, []Op{Rect{1, 0, 1, 1, red}, Line{0, 1, 1, 1, red}}, `
..##........
####........
###.........
............
............
............
............
............
`},
		{"zoom 1/2: nothing vanishes", 0.5, []Op{Rect{0, 0, 1, 1, red}, Line{4, 0, 4, 3, red}}, `
#.#
..#
`},
	} {
		l := &List{Width: 6, Height: 4, Zoom: c.zoom, Background: white, Ops: c.ops}
		if got := "\n" + rows(render(t, l, bandPixels)); got != c.want {
			t.Errorf("%s:%s", c.name, got)
		}
	}
}

func TestText(t *testing.T) {
	l := &List{Width: 60, Height: 60, Zoom: 1, Background: white}
	l.Add(Text{2, 12, "L", 12, 7, false, Level, red}, Text{12, 50, "L", 12, 7, false, Up, red},
		Text{30, 10, "L", 12, 7, true, Down, red}, Text{2, 58, "日L", 12, 7, false, Level, red})
	picture := render(t, l, bandPixels)
	ink := func(x1, y1, x2, y2 int) int {
		count := 0
		for y := y1; y < y2; y++ {
			for x := x1; x < x2; x++ {
				if _, g, _, _ := picture.At(x, y).RGBA(); g < 0xc000 {
					count++
				}
			}
		}
		return count
	}
	for _, c := range []struct {
		name           string
		x1, y1, x2, y2 int
	}{
		{"level, above the base line", 2, 3, 9, 13},
		{"upward, left of the base line", 2, 42, 13, 51},
		{"downward, right of the base line", 30, 10, 40, 18},
		{"a box for what the font has not", 2, 48, 9, 59},
		{"and what follows its two cells", 16, 48, 23, 59},
	} {
		if got := ink(c.x1, c.y1, c.x2, c.y2); got < 10 {
			t.Errorf("%s: %d dark pixels", c.name, got)
		}
	}
	if all, seen := ink(0, 0, 60, 60), ink(2, 3, 9, 13)+ink(2, 42, 13, 51)+ink(30, 10, 40, 18)+ink(2, 51, 16, 59)+ink(16, 42, 23, 59); all > seen+2 {
		t.Errorf("%d dark pixels, %d of them where they should be", all, seen)
	}
}

// TestPalette draws few and many colours: the kind of PNG differs, what is seen does not.
func TestPalette(t *testing.T) {
	for _, colors := range []int{2, 255, 256, 400} {
		l := &List{Width: 30, Height: 30, Zoom: 1, Background: white}
		for i := range colors {
			l.Add(Rect{i % 30, i / 30, 1, 1, Color(0xff000000 | uint32(i)*16)})
		}
		picture := render(t, l, bandPixels)
		if _, indexed := picture.(*image.Paletted); indexed != (colors < 256) {
			t.Errorf("%d colours and white: a %T", colors, picture)
		}
		for i := range colors {
			r, g, b, _ := picture.At(i%30, i/30).RGBA()
			if got := r>>8<<16 | g>>8<<8 | b>>8; got != uint32(i)*16 {
				t.Errorf("colour %d of %d is %06x", i, colors, got)
			}
		}
	}
}

// anyList draws a list of operations that reach beyond the picture.
func anyList(t *rapid.T) *List {
	at := rapid.IntRange(-20, 80)
	colors := rapid.SampledFrom([]Color{red, half, 0xff00ff00, 0x40123456, 0})
	l := &List{
		Width: rapid.IntRange(1, 60).Draw(t, "width"), Height: rapid.IntRange(1, 60).Draw(t, "height"),
		Zoom: rapid.SampledFrom([]float64{0.3, 1, 1.7, 2}).Draw(t, "zoom"), Background: white,
	}
	for range rapid.IntRange(0, 20).Draw(t, "ops") {
		x, y, v, w := at.Draw(t, "x"), at.Draw(t, "y"), at.Draw(t, "v"), at.Draw(t, "w")
		c := colors.Draw(t, "color")
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			l.Add(Rect{x, y, v, w, c})
		case 1:
			l.Add(Line{x, y, v, y, c}, Dashes{x, y, x, w, c})
		case 2:
			l.Add(Steps{[]int32{int32(x), int32(x + 3), int32(x + 9)}, []int32{int32(y), int32(v)}, float64(w) / 10, c})
		case 3:
			l.Add(Bars{[]int32{int32(x), int32(x + 3), int32(x + 9)}, []int32{int32(y), int32(v)}, []int32{int32(w), 4}, c})
		case 4:
			l.Add(Text{float64(x), float64(y), "aß<&\x00日", 10, 6, v > 30, Turn(rapid.IntRange(0, 2).Draw(t, "turn")), c})
		case 5:
			l.Add(Clip{x, y, v, w}, Rect{0, 0, 90, 90, c}, EndClip{})
		case 6:
			l.Add(Cells{[]int32{int32(x), int32(x + 2)}, []int32{int32(y + 9), int32(y + 5), int32(y)}, []uint16{1, 0}, []Color{c}})
		}
	}
	return l
}

// TestBands draws pictures as a whole and row by row.
func TestBands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := anyList(t)
		whole, bands := render(t, l, bandPixels), render(t, l, rapid.IntRange(1, 500).Draw(t, "band"))
		if whole.Bounds() != bands.Bounds() {
			t.Fatalf("sizes %v and %v", whole.Bounds(), bands.Bounds())
		}
		size := whole.Bounds()
		for y := range size.Dy() {
			for x := range size.Dx() {
				a, b := color.NRGBAModel.Convert(whole.At(x, y)), color.NRGBAModel.Convert(bands.At(x, y))
				if a != b {
					t.Fatalf("pixel (%d, %d) is %v and %v", x, y, a, b)
				}
			}
		}
	})
}

// TestSVG reads what is written as XML.
func TestSVG(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var out bytes.Buffer
		if err := WriteSVG(&out, anyList(t)); err != nil {
			t.Fatal(err)
		}
		parser := xml.NewDecoder(&out)
		for {
			if _, err := parser.Token(); err == io.EOF {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// broken fails after some bytes.
type broken struct{ left int }

var errBroken = errors.New("broken")

func (b *broken) Write(data []byte) (int, error) {
	if b.left -= len(data); b.left < 0 {
		return 0, errBroken
	}
	return len(data), nil
}

func TestWriteErrors(t *testing.T) {
	l := &List{Width: 500, Height: 500, Zoom: 1, Background: white}
	for i := range 20_000 {
		l.Add(Rect{i * 7919 % 500, i * 104729 % 499, 1, 1, Color(0xff000000 | uint32(i))})
	}
	for _, left := range []int{0, 10, 5000} {
		if err := WritePNG(&broken{left}, l); !errors.Is(err, errBroken) {
			t.Errorf("PNG after %d bytes: %v", left, err)
		}
		if err := WriteSVG(&broken{left}, l); !errors.Is(err, errBroken) {
			t.Errorf("SVG after %d bytes: %v", left, err)
		}
	}
}
