package api

import (
	"math"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// A deletion is DELETE /api/v1/series: what the series that match where have from first to last, both included. The
// route is ours.
type deletion struct {
	where       tag.Predicate
	first, last int64 // milliseconds; the least and the greatest there are without s and e
}

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

// parseDeletion reads q, s, e and tz. What it does not understand it refuses, for a range that is misspelt would be all
// there is, and nothing brings that back; for the same reason q has no default, and :true is what all series are called.
//
// Times go as for graphs: gone is what a graph of the same s and e shows at the step of the store. Without s it is all up
// to e, and without e all from s on, also of the steps to come for which samples may be there already.
func (a *API) parseDeletion(r *http.Request) (d deletion, err error) {
	p := parameters(r.URL.Query())
	for name, values := range p {
		if !strings.Contains(" q s e tz ", " "+name+" ") || len(values) > 1 {
			return d, illegalArgument("DELETE takes the parameters q, s, e and tz, each once; found '" + name + "'")
		}
	}
	if r.ContentLength != 0 {
		return d, illegalArgument("DELETE takes parameters, and no body")
	}
	text, given := p.get("q")
	if !given {
		return d, illegalArgument("missing required parameter 'q'; the query :true chooses all series")
	}
	if d.where, err = expr.ParseQuery(text); err != nil {
		return d, err
	}
	_, hasStart := p.get("s")
	_, hasEnd := p.get("e")
	if !hasStart {
		p["s"] = []string{"epoch"}
	}
	rng, err := a.parseRange(p, chart.Settings{Zones: []string{p.text("tz", a.Timezone)}}, false)
	if err != nil {
		return d, err
	}
	d.first, d.last = rng.Start+rng.Step, rng.End-rng.Step
	if !hasStart {
		d.first = math.MinInt64
	}
	if !hasEnd {
		d.last = math.MaxInt64
	}
	return d, nil
}
