package draw

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zlib"
)

// bandPixels is the most that is drawn at once. One band holds any picture of the usual sizes; a
// larger one takes several, each drawn from the list again.
const bandPixels = 2 << 20

// WritePNG writes the picture as PNG. Its error is that of w.
//
// A picture of one band with at most 256 colours gets a palette and a byte per pixel, which is a third of the
// bytes to compress; otherwise a pixel is three bytes, red, green and blue.
func WritePNG(w io.Writer, l *List) error { return writePNG(w, l, bandPixels) }

func writePNG(w io.Writer, l *List, bandPixels int) error {
	width, height := l.Size()
	rows := max(1, min(height, bandPixels/width))
	c := &canvas{width: width, height: rows, zoom: l.Zoom, glyphs: newGlyphs(l.Fonts), pixels: make([]Color, width*rows)}
	c.draw(l)
	p := &pngWriter{w: bufio.NewWriter(w)}
	var palette palette
	indexed := rows == height && palette.gather(c.pixels)
	p.header(width, height, indexed)
	if indexed {
		p.palette(&palette)
		p.image(func(z io.Writer) error { return palette.writeRows(z, c) })
	} else {
		p.image(func(z io.Writer) error {
			for {
				if err := writeRows(z, c); err != nil {
					return err
				}
				if c.top += c.height; c.top >= height {
					return nil
				}
				c.height = min(c.height, height-c.top)
				c.draw(l)
			}
		})
	}
	p.chunk("IEND", nil)
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// A pngWriter writes the chunks of a PNG and keeps the first error.
type pngWriter struct {
	w   *bufio.Writer
	err error
}

func (p *pngWriter) header(width, height int, indexed bool) {
	if _, err := p.w.WriteString("\x89PNG\r\n\x1a\n"); err != nil {
		p.err = err
	}
	colorType := byte(2) // RGB
	if indexed {
		colorType = 3
	}
	data := binary.BigEndian.AppendUint32(nil, uint32(width))
	data = binary.BigEndian.AppendUint32(data, uint32(height))
	p.chunk("IHDR", append(data, 8, colorType, 0, 0, 0))
}

// chunk writes length, type, data and checksum.
func (p *pngWriter) chunk(kind string, data []byte) {
	if p.err != nil {
		return
	}
	head := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind...)
	sum := crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, data)
	for _, part := range [][]byte{head, data, binary.BigEndian.AppendUint32(nil, sum)} {
		if _, err := p.w.Write(part); err != nil {
			p.err = err
			return
		}
	}
}

func (p *pngWriter) palette(colors *palette) {
	var data []byte
	for _, c := range colors.colors {
		data = append(data, byte(c>>16), byte(c>>8), byte(c))
	}
	p.chunk("PLTE", data)
}

// image writes the IDAT chunks; rows writes the pixels.
func (p *pngWriter) image(rows func(io.Writer) error) {
	if p.err != nil {
		return
	}
	chunks := bufio.NewWriterSize(idat{p}, 64<<10)
	// Level 1: pictures are mostly runs. Level 6 makes them a tenth smaller and takes three times as long.
	z, err := zlib.NewWriterLevel(chunks, zlib.BestSpeed)
	if err == nil {
		err = rows(z)
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = chunks.Flush()
	}
	if p.err == nil {
		p.err = err
	}
}

// idat writes every piece as a chunk.
type idat struct{ p *pngWriter }

func (i idat) Write(data []byte) (int, error) {
	i.p.chunk("IDAT", data)
	return len(data), i.p.err
}

// writeRows writes the pixels of a canvas as RGB, each row less the one above: the filter that suits
// pictures made of bars.
func writeRows(w io.Writer, c *canvas) error {
	row := make([]byte, 1+3*c.width)
	for y := range c.height {
		pixels := c.pixels[y*c.width : (y+1)*c.width]
		row[0] = 0 // the row above the first of a band is gone: no filter
		if y > 0 {
			row[0] = 2
		}
		for x, p := range pixels {
			above := Color(0)
			if y > 0 {
				above = c.pixels[(y-1)*c.width+x]
			}
			at := row[1+3*x : 4+3*x]
			at[0] = byte(p>>16) - byte(above>>16)
			at[1] = byte(p>>8) - byte(above>>8)
			at[2] = byte(p) - byte(above)
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

// A palette numbers the colours of a picture in the order in which they occur.
type palette struct {
	colors []Color
	// slots is a hash table with open addressing, four times as large as the palette may get: 0 is an empty
	// slot, else the number of a colour plus one.
	slots [1024]uint16
}

// gather numbers the colours of pixels; it gives up and returns false beyond 256.
func (p *palette) gather(pixels []Color) bool {
	var last Color
	for _, c := range pixels {
		if c == last {
			continue
		}
		last = c
		if slot := p.slot(c); p.slots[slot] == 0 {
			if len(p.colors) == 256 {
				return false
			}
			p.colors = append(p.colors, c)
			p.slots[slot] = uint16(len(p.colors))
		}
	}
	return true
}

// slot returns where c is in the table, or the empty slot where it belongs.
func (p *palette) slot(c Color) int {
	at := int(uint32(c) * 2654435769 >> 22)
	for p.slots[at] != 0 && p.colors[p.slots[at]-1] != c {
		at = (at + 1) & 1023
	}
	return at
}

// writeRows writes the pixels of a canvas as numbers of colours, without a filter.
func (p *palette) writeRows(w io.Writer, c *canvas) error {
	row := make([]byte, 1+c.width)
	last, index := Color(0), byte(0)
	for y := range c.height {
		for x, color := range c.pixels[y*c.width : (y+1)*c.width] {
			if color != last {
				last, index = color, byte(p.slots[p.slot(color)]-1)
			}
			row[1+x] = index
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}
