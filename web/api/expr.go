package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/expr/inspect"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// An inspection answers one question about a program of the query language.
type inspection func(c *gin.Context, program string, v *stack.Vocabulary) (any, error)

// inspections are the resources below /api/v1/expr that need no data.
var inspections = map[string]inspection{
	"":           trace,
	"/debug":     trace,
	"/normalize": func(_ *gin.Context, q string, v *stack.Vocabulary) (any, error) { return inspect.Normalize(q, v) },
	"/complete":  completions,
	"/queries":   func(_ *gin.Context, q string, v *stack.Vocabulary) (any, error) { return inspect.Queries(q, v) },
	"/rewrite": func(_ *gin.Context, q string, _ *stack.Vocabulary) (any, error) {
		return inspect.Rewrite(q, defaultWords())
	},
	"/strip": func(c *gin.Context, q string, _ *stack.Vocabulary) (any, error) {
		return inspect.Strip(q, defaultWords(), c.QueryArray("k"), c.QueryArray("r"))
	},
}

func defaultWords() *stack.Vocabulary { return expr.Default().Default }

// mountExpr mounts the expression API.
func (a *API) mountExpr(r gin.IRouter) {
	for path, answer := range inspections {
		bytes := int64(inspectionBytes)
		if path == "" || path == "/debug" {
			bytes = traceBytes
		}
		r.GET(exprRoute+path, a.borrowing(bytes), answer.serve)
	}
	r.GET(exprRoute+"/words", words)
}

const (
	// traceBytes is what a trace takes, which is bounded to 32 MiB, as a value and as text.
	traceBytes = 64 << 20
	// inspectionBytes is what any other answer of the expression API takes.
	inspectionBytes = 2 << 20
)

const exprRoute = "/api/v1/expr"

// serve answers a request whose parameters are q, a program, and vocab, the name of the words that it may use.
func (answer inspection) serve(c *gin.Context) {
	program, given := c.GetQuery("q")
	if !given {
		writeError(c.Writer, http.StatusBadRequest, "MissingQueryParamRejection(q)")
		return
	}
	name := c.DefaultQuery("vocab", "custom")
	v := expr.Default().Vocabulary(name)
	if v == nil {
		fail(c.Writer, &badRequest{http.StatusNotFound, stack.NoSuchElement, "key not found: " + name})
		return
	}
	found, err := answer(c, program, v)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	writeJSON(c.Writer, http.StatusOK, found)
}

func trace(_ *gin.Context, program string, v *stack.Vocabulary) (any, error) {
	return inspect.Trace(program, v)
}

// A completion is a word that can follow a program.
type completion struct {
	Name        string `json:"name"`
	Signature   string `json:"signature"`
	Description string `json:"description"`
}

func completions(_ *gin.Context, program string, v *stack.Vocabulary) (any, error) {
	found, err := inspect.Complete(program, v)
	if err != nil {
		return nil, err
	}
	list := make([]completion, len(found))
	for i, w := range found {
		list[i] = completion{w.Name, w.Signature, w.Summary}
	}
	return list, nil
}
