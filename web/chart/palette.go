package chart

import (
	"embed"
	"strings"
	"sync"
)

//go:embed palettes/*.txt
var paletteFiles embed.FS

// builtin returns a palette by its name, and whether there is one. Files are read once.
func builtin(name string) ([]Color, bool) {
	colors, ok := builtins()[name]
	return colors, ok
}

var builtins = sync.OnceValue(func() map[string][]Color {
	entries, err := paletteFiles.ReadDir("palettes")
	if err != nil {
		panic("chart: embedded palettes: " + err.Error())
	}
	all := make(map[string][]Color)
	for _, entry := range entries {
		data, err := paletteFiles.ReadFile("palettes/" + entry.Name())
		if err != nil {
			panic("chart: embedded palettes: " + err.Error())
		}
		var colors []Color
		for line := range strings.Lines(string(data)) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, text := range strings.Fields(line) {
				c, err := ParseColor(text)
				if err != nil {
					panic("chart: palette " + entry.Name() + ": " + err.Error())
				}
				colors = append(colors, c)
			}
		}
		all[strings.TrimSuffix(entry.Name(), ".txt")] = colors
	}
	return all
})

// A palette hands out colours: one after the other and then from the start again, or by a hash of the
// label, so that a label has the same colour wherever it occurs.
type palette struct {
	colors []Color
	hashed bool
	next   int
}

// parsePalette reads a palette's name, a list "(,f00,0f0,)", "colors:f00,0f0", or one of them behind "hash:".
func parsePalette(text string) (*palette, error) {
	p := &palette{}
	spec, hashed := strings.CutPrefix(text, "hash:")
	p.hashed = hashed
	list, isList := strings.CutPrefix(spec, "colors:")
	if !isList && !strings.HasPrefix(spec, "(") {
		colors, ok := builtin(spec)
		if !ok {
			return nil, badSetting("invalid palette name: '%s'", spec)
		}
		p.colors = colors
		return p, nil
	}
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item == "" || item == "(" || item == ")" {
			continue
		}
		c, err := ParseColor(item)
		if err != nil {
			return nil, err
		}
		p.colors = append(p.colors, c)
	}
	if len(p.colors) == 0 {
		return nil, badSetting("palette must contain at least one color")
	}
	return p, nil
}

// color returns the colour for a line.
func (p *palette) color(label string) Color {
	if p.hashed {
		// The absolute value of the least int32 is itself in Java, and its remainder negative; widened, it is not.
		h := int64(javaHash(label))
		return p.colors[max(h, -h)%int64(len(p.colors))]
	}
	c := p.colors[p.next%len(p.colors)]
	p.next++
	return c
}

// javaHash is the hash of a Java string: h = 31·h + c over its UTF-16 units, in 32 bits.
func javaHash(s string) int32 {
	var h int32
	for _, r := range s {
		if r >= 0x10000 {
			r -= 0x10000
			h = 31*h + (0xd800 + r>>10)
			r = 0xdc00 + r&0x3ff
		}
		h = 31*h + r
	}
	return h
}
