package yamlfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// mark is the byte order mark, which may stand before each document.
const mark = '\uFEFF'

var errEncoding = errors.New("this is no UTF-8; save the file as UTF-8")

// decode returns data as UTF-8 with lines that end in \n. A mark at the start is gone.
func decode(data []byte) (string, error) {
	text := string(data)
	switch wide := widthOf(data); wide.bytes {
	case 2:
		text = fromUTF16(data, wide.order)
	case 4:
		text = fromUTF32(data, wide.order)
	}
	text = strings.TrimPrefix(text, string(mark))
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return text, checkCharacters(text)
}

// A width is how many bytes the units of an encoding have, and in which order they come.
type width struct {
	bytes int
	order binary.ByteOrder
}

// widthOf tells the encodings apart as YAML 1.2 does: by the mark, or by where the zeros of the first character
// stand, which is of ASCII.
func widthOf(data []byte) width {
	head := append(bytes.Clone(data[:min(len(data), 4)]), 1, 1, 1, 1)[:4] // short files have no zeros
	zero := [4]bool{head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0}
	switch {
	case bytes.Equal(head, []byte{0, 0, 0xFE, 0xFF}), zero == [4]bool{true, true, true, false}:
		return width{4, binary.BigEndian}
	case bytes.Equal(head, []byte{0xFF, 0xFE, 0, 0}), zero == [4]bool{false, true, true, true}:
		return width{4, binary.LittleEndian}
	case head[0] == 0xFE && head[1] == 0xFF, zero[0] && !zero[1]:
		return width{2, binary.BigEndian}
	case head[0] == 0xFF && head[1] == 0xFE, !zero[0] && zero[1]:
		return width{2, binary.LittleEndian}
	}
	return width{1, nil}
}

// broken stands for what is no character, so that checkCharacters finds its place.
const broken = "\xff"

func fromUTF16(data []byte, order binary.ByteOrder) string {
	var b strings.Builder
	for i := 0; i < len(data); i += 2 {
		if len(data)-i < 2 {
			b.WriteString(broken)
			break
		}
		r := rune(order.Uint16(data[i:]))
		if utf16.IsSurrogate(r) {
			second := rune(0)
			if len(data)-i >= 4 {
				second = rune(order.Uint16(data[i+2:]))
			}
			if r = utf16.DecodeRune(r, second); r == utf8.RuneError {
				b.WriteString(broken)
				continue
			}
			i += 2
		}
		b.WriteRune(r)
	}
	return b.String()
}

func fromUTF32(data []byte, order binary.ByteOrder) string {
	var b strings.Builder
	for ; len(data) >= 4; data = data[4:] {
		if u := order.Uint32(data); u <= utf8.MaxRune && utf8.ValidRune(rune(u)) {
			b.WriteRune(rune(u))
		} else {
			b.WriteString(broken)
		}
	}
	if len(data) > 0 {
		b.WriteString(broken)
	}
	return b.String()
}

// checkCharacters refuses what is not UTF-8, and control characters, as a disk that lost part of a file leaves them.
func checkCharacters(text string) error {
	line, column := 1, 1
	for i, r := range text {
		switch {
		case r == '\n':
			line, column = line+1, 1
			continue
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			return &Error{line, column, errEncoding}
		case r < ' ' && r != '\t':
			return &Error{line, column, errors.New("a control character; write it as an escape in double quotes")}
		}
		column++
	}
	return nil
}
