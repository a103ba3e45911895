package api

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
)

// requireJSON stands in front of routes of our own that take a body, under which no client of Atlas breaks: the body
// must say that it is JSON, which a plain HTML form cannot.
func requireJSON(c *gin.Context) {
	if c.Request.ContentLength != 0 && !isJSON(c.GetHeader("Content-Type")) {
		writeError(c.Writer, http.StatusUnsupportedMediaType, "the body must be application/json")
		c.Abort()
	}
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// maxTargetBytes is the length of the longest request target, path and query, that is served: that of Atlas.
// POST /api/v1/batch takes longer expressions.
const maxTargetBytes = 4096

// guardLength answers 414 to a longer one, with an error document. Pages are served whatever they are asked for: they
// read their parameters themselves, so that a long query is not lost with its link.
//
// The document says that it is JSON to those who ask for JSON. Others are told of text, as Atlas tells all.
func guardLength(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.RequestURI) <= maxTargetBytes || slices.Contains(pages, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if !strings.Contains(r.Header.Get("Accept"), "json") {
			w = &plainWriter{w}
		}
		writeError(w, http.StatusRequestURITooLong, fmt.Sprintf(
			"the request target has %d bytes, and at most %d are read: %s", len(r.RequestURI), maxTargetBytes, wayOut(r.URL.Path)))
	})
}

// wayOut returns what to do where a path has been asked for with too long a query.
func wayOut(path string) string {
	switch {
	case path == exprRoute || strings.HasPrefix(path, exprRoute+"/"):
		return fmt.Sprintf("send a long program as the q of POST %s/analyze, whose body may have %d", exprRoute, maxProgramBytes)
	case strings.HasPrefix(path, "/api/v1/tags"), path == "/api/v1/series":
		return "shorten the query, as by :in or :re instead of many :eq and :or"
	}
	return fmt.Sprintf("send a long query as the q of POST /api/v1/batch, whose body may have %d", maxBatchBytes)
}

// A plainWriter says of what is written that it is plain text.
type plainWriter struct{ http.ResponseWriter }

func (w *plainWriter) WriteHeader(status int) {
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	w.ResponseWriter.WriteHeader(status)
}

// isPublish reports whether a request sends samples.
func isPublish(r *http.Request) bool {
	return r.Method == http.MethodPost && (r.URL.Path == publishRoute || r.URL.Path == publishFastRoute)
}
