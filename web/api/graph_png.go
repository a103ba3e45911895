package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// writeGraphPNG writes the format png.
func writeGraphPNG(w *responseWriter, g *chart.Graph) error {
	return writePicture(w, g, chart.WritePNG)
}

// writeGraphSVG writes the format svg, which Atlas has not.
func writeGraphSVG(w *responseWriter, g *chart.Graph) error {
	return writePicture(w, g, chart.WriteSVG)
}

// writePicture draws into memory: whether a graph can be drawn is known only when it has been laid out, and
// what has been sent cannot become an error.
func writePicture(w *responseWriter, g *chart.Graph, write func(io.Writer, *chart.Graph) error) error {
	var picture bytes.Buffer
	if err := write(&picture, g); err != nil {
		return err
	}
	w.buf = append(w.buf, picture.Bytes()...)
	return nil
}

// browser matches the user agents that show an answer to somebody, to whom a picture of the error tells more than a
// broken image.
var browser = regexp.MustCompile(`(?i)mozilla|msie|gecko|chrome|opera|webkit`)

// failGraph answers with err: a browser that asked for a picture gets one, with status 200.
func failGraph(c *gin.Context, r *graphRequest, err error) {
	if r.format != "png" || !browser.MatchString(c.GetHeader("User-Agent")) {
		writeJSON(c.Writer, statusOf(err), r.describe(err))
		return
	}
	var picture bytes.Buffer
	if err := chart.WriteErrorPNG(&picture, r.settings.Width, r.settings.Height, errorKind(err), describe(err).Message, r.settings.Fonts); err != nil {
		panic("api: a picture that cannot be written to memory: " + err.Error())
	}
	c.Data(http.StatusOK, "image/png", picture.Bytes())
}

// errorKind tells whether the request is to blame: whether Atlas's exception would be an illegal argument or state.
func errorKind(err error) chart.ErrorKind {
	var language *stack.Error
	var bad *badRequest
	var setting *chart.SettingError
	var budget *tsdb.BudgetError
	kind := stack.Kind("")
	switch {
	case errors.As(err, &language):
		kind = language.Kind
	case errors.As(err, &bad):
		kind = bad.kind
	case errors.As(err, &setting), errors.As(err, &budget):
		kind = stack.IllegalArgument
	}
	switch kind {
	case stack.IllegalArgument, stack.IllegalState, stack.NumberFormat:
		return chart.UserError
	}
	return chart.SystemFault
}
