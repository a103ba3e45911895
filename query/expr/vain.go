package expr

import (
	"math"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// IsVain reports whether e yields no value whatever is stored: all that it reads are queries that match no
// series, it is a constant that is no number, or a statistic outside of the filter that it is for.
func IsVain(e Expr) bool {
	reads, matching, outside := 0, 0, false
	Walk(e, func(e Expr) bool {
		switch e := e.(type) {
		case *Data:
			reads++
			if _, none := Simplify(e.Query, false).(tag.False); !none {
				matching++
			}
		case *Constant:
			outside = outside || math.IsNaN(e.Value)
		case *StatOf:
			outside = true
		}
		return true
	})
	return outside || reads > 0 && matching == 0
}
