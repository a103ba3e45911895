package api

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
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

// A deletion is DELETE /api/v1/series: what the series that match where have from first to last, both included. The
// route is ours.
type deletion struct {
	where       tag.Predicate
	first, last int64 // milliseconds; the least and the greatest there are without s and e
}

// parseDeletion reads q, s, e and tz. What it does not understand it refuses, for a range that is misspelt would be all
// there is, and nothing brings that back; for the same reason q has no default, and :true is what all series are called.
//
// Times go as for graphs, but for words that name none: gone is what a graph of the same s and e shows at the step of the
// store. Without s it is all up to e, and without e all from s on, also of the steps to come for which samples may be there
// already.
func (a *API) parseDeletion(r *http.Request) (d deletion, err error) {
	p := parameters(r.URL.Query())
	for name, values := range p {
		if !strings.Contains(" q s e tz ", " "+name+" ") || name == "" || len(values) > 1 {
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
	rng, err := a.deletedRange(p)
	if err != nil {
		return d, err
	}
	d.first, d.last = rng.Start+rng.Step, rng.End-rng.Step
	if _, hasStart := p.get("s"); !hasStart {
		d.first = math.MinInt64
	}
	if _, hasEnd := p.get("e"); !hasEnd {
		d.last = math.MaxInt64
	}
	return d, nil
}

// deletedRange returns the steps from s to e. The error tells that nothing was removed.
func (a *API) deletedRange(p parameters) (eval.Range, error) {
	zone, err := expr.LoadZone(p.text("tz", a.Timezone))
	if err != nil {
		return eval.Range{}, refusedTime(err)
	}
	times := eval.TimeRange{Start: p.text("s", "epoch"), End: p.text("e", "now"), Zone: zone, Now: a.Now()}
	for _, text := range []string{times.Start, times.End} {
		if bareDate.MatchString(text) {
			return eval.Range{}, refusedTime(fmt.Errorf("%s is a number of seconds since 1970, and reads as a date", text))
		}
	}
	start, end, err := times.ResolveStrict()
	if err != nil {
		return eval.Range{}, refusedTime(err)
	}
	return eval.Steps{Primary: a.Step.Milliseconds()}.Fetch(start, end, 0), nil
}

// bareDate is a year, or a day without dashes. As a number of seconds it is in 1970.
var bareDate = regexp.MustCompile(`^(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))?(?:[-+][^-+]*)?$`)

// refusedTime is the answer to a range that is not understood, and says how times are written.
func refusedTime(err error) error {
	var language *stack.Error
	message := err.Error()
	if errors.As(err, &language) {
		message = language.Message
	}
	return illegalArgument(message + "; nothing was removed: DELETE takes only times that parse, such as s=now-3h, " +
		"e=2006-01-02T15:04 and tz=US/Pacific")
}
