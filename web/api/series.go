package api

import (
	"math"
	"net/http"

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
	series, err := a.Delete(c.Request.Context(), d.where, d.first, d.last)
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
