package chart

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/web/chart/draw"
)

// A Color is alpha, red, green and blue, a byte each, alpha first.
type Color = draw.Color

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
