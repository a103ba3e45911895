package chart

import (
	"fmt"
	"strconv"
	"strings"
)

// A Color is alpha, red, green and blue, a byte each, alpha first.
type Color uint32

// String returns eight lower-case hex digits, AARRGGBB.
func (c Color) String() string { return fmt.Sprintf("%08x", uint32(c)) }

// WithAlpha returns c with another alpha, 0 … 255.
func (c Color) WithAlpha(alpha uint8) Color { return c&0xffffff | Color(alpha)<<24 }

// ParseColor reads three, six or eight hex digits: f00, ff0000 and ffff0000 are the same red.
func ParseColor(text string) (Color, error) {
	full := text
	switch len(text) {
	case 3:
		full = "ff" + string([]byte{text[0], text[0], text[1], text[1], text[2], text[2]})
	case 6:
		full = "ff" + text
	}
	v, err := strconv.ParseUint(full, 16, 32)
	if err != nil || len(full) != 8 || strings.ContainsAny(full, "+-_") {
		return 0, badSetting("requirement failed: color must be hex string [AA]RRGGBB")
	}
	return Color(v), nil
}

// A SettingError is a setting that cannot be followed, in Atlas's words.
type SettingError struct{ Text string }

func (e *SettingError) Error() string { return e.Text }

func badSetting(format string, args ...any) error {
	return &SettingError{fmt.Sprintf(format, args...)}
}
