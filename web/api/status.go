package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/tsdb"
)

// A statusBody answers GET /api/v1/status: what the store holds and how far its limits are used up. The route is
// ours. Numbers may be added.
type statusBody struct {
	Series seriesStatus  `json:"series"`
	Memory memoryStatus  `json:"memory"`
	Limits []limitStatus `json:"limits"`
}

type seriesStatus struct {
	Known  int `json:"known"`  // that the store remembers: the active ones, and those that were within the last hour
	Active int `json:"active"` // with data in memory
}

type memoryStatus struct {
	OpenWindows   int `json:"openWindows"`
	SealedWindows int `json:"sealedWindows"`
	FiledWindows  int `json:"filedWindows"`
	WindowBytes   int `json:"windowBytes"`
}

// A limitStatus is a limit on new series. Max 0 says that it is switched off; Refused counts the refusals so far, and
// the rest says what was refused last: Key is the key that has grown most, with an example of its Values, and how many new ones
// came since when.
type limitStatus struct {
	Limit   string `json:"limit"`
	Max     int    `json:"max"`
	Used    int    `json:"used"`
	Refused int    `json:"refused"`
	Key     string `json:"key,omitempty"`
	Value   string `json:"value,omitempty"`
	Values  int    `json:"values,omitempty"`
	Grown   int    `json:"grown,omitempty"`
	Since   int64  `json:"since,omitempty"` // milliseconds
	Message string `json:"message,omitempty"`
}

func (a *API) status(c *gin.Context) { writeJSON(c.Writer, http.StatusOK, statusOfStore(a.Stats())) }

func statusOfStore(st tsdb.Stats) statusBody {
	body := statusBody{
		Series: seriesStatus{Known: st.Series, Active: st.Active},
		Memory: memoryStatus{OpenWindows: st.OpenWindows, SealedWindows: st.SealedWindows, FiledWindows: st.FiledWindows, WindowBytes: st.WindowBytes},
		Limits: make([]limitStatus, 0, len(st.Limits)),
	}
	for _, l := range st.Limits {
		one := limitStatus{Limit: l.Limit, Max: l.Max, Used: l.Used, Refused: l.Refused}
		if l.Last != nil {
			one.Key, one.Value, one.Values, one.Message = l.Last.Key, l.Last.Value, l.Last.Values, l.Last.Error()
			if !l.Last.Since.IsZero() {
				one.Grown, one.Since = l.Last.Grown, l.Last.Since.UnixMilli()
			}
		}
		body.Limits = append(body.Limits, one)
	}
	return body
}
