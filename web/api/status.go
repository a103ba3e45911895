package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/tsdb"
)

// A statusBody answers GET /api/v1/status: what the store holds, how far its limits are used up, and what of its
// files is damaged. The route is ours. Numbers may be added.
type statusBody struct {
	Series seriesStatus  `json:"series"`
	Memory memoryStatus  `json:"memory"`
	Limits []limitStatus `json:"limits"`
	Damage damageStatus  `json:"damage"`
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

// A damageStatus counts what was found damaged in block files since the start: places that were made good, places that cost
// values, and whole files. Recent has the last ones, the newest last.
type damageStatus struct {
	Restored int           `json:"restored"`
	Lost     int           `json:"lost"`
	Files    int           `json:"files"`
	Recent   []damagePlace `json:"recent"`
}

// A damagePlace is one place. From and To are the times that lost values lie between, in milliseconds; 0 where none are lost.
type damagePlace struct {
	Found int64  `json:"found"`
	Cause string `json:"cause"`
	Lost  string `json:"lost"`
	From  int64  `json:"from"`
	To    int64  `json:"to"`
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
	body.Damage = damageOfStore(st.Damage)
	return body
}

func damageOfStore(st tsdb.DamageStats) damageStatus {
	body := damageStatus{Restored: st.Restored, Lost: st.Lost, Files: st.Files, Recent: make([]damagePlace, 0, len(st.Recent))}
	for _, d := range st.Recent {
		one := damagePlace{Found: d.Found.UnixMilli(), Cause: d.Cause, Lost: d.Lost}
		if !d.To.IsZero() {
			one.From, one.To = d.From.UnixMilli(), d.To.UnixMilli()
		}
		body.Recent = append(body.Recent, one)
	}
	return body
}
