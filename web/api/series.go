package api

import (
	"math"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// A deletedBody answers it.
type deletedBody struct {
	Series int `json:"series"` // how many had anything there
	// Start and End are the first and the last time of which values are gone, in milliseconds; absent without s and e.
	Start *int64 `json:"start,omitempty"`
	End   *int64 `json:"end,omitempty"`
}

func (a *API) deleteSeries(c *gin.Context) {
	d, err := a.parseDeletion(c.Request)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	began := time.Now()
	series, err := a.Delete(c.Request.Context(), d.where, d.first, d.last)
	a.audit(c.Request, "deletion of series", began, err,
		"query", c.Query("q"), "from", timeText(d.first), "to", timeText(d.last), "series", series)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	body := deletedBody{Series: series}
	if d.first != math.MinInt64 {
		body.Start = &d.first
	}
	if d.last != math.MaxInt64 {
		body.End = &d.last
	}
	writeJSON(c.Writer, http.StatusOK, body)
}

// timeText returns a bound of a deletion as a log has it.
func timeText(ms int64) string {
	switch ms {
	case math.MinInt64:
		return "the beginning"
	case math.MaxInt64:
		return "the end"
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}
