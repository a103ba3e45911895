package api

import (
	"io"
	"mime"
	"net"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// guardOwn returns what stands in front of routes of our own that change something, under which no client of
// Atlas's breaks: a request that a foreign page makes is refused, and a body must say that it is JSON, which a
// plain HTML form cannot.
func guardOwn() gin.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		switch {
		case protection.Check(c.Request) != nil:
			writeError(c.Writer, http.StatusForbidden, "a page of another origin may not change anything here")
			c.Abort()
		case c.Request.ContentLength != 0 && changes(c.Request.Method) && !isJSON(c.GetHeader("Content-Type")):
			writeError(c.Writer, http.StatusUnsupportedMediaType, "the body must be application/json")
			c.Abort()
		}
	}
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

func changes(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

// guardHost answers 421 to a request for a foreign host on a loopback listener: a page that points a
// name of its own at 127.0.0.1 would share our origin otherwise (DNS rebinding).
func guardHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local, known := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if known && isLoopback(local.String()) && !isLoopback(r.Host) {
			writeError(w, http.StatusMisdirectedRequest, "this server listens on "+local.String()+" and does not answer for "+r.Host)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// maxTargetBytes is the length of the longest request target, path and query, that is served: that of Atlas.
// POST /api/v1/batch takes longer expressions.
const maxTargetBytes = 4096

// guardLength answers 414 to a longer one.
func guardLength(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.RequestURI) > maxTargetBytes {
			w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
			w.WriteHeader(http.StatusRequestURITooLong)
			_, _ = io.WriteString(w, "URI length exceeds the configured limit of 4096 characters") // fails only if the client has gone
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback reports whether a host, with or without port, is this machine by its loopback name.
func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
