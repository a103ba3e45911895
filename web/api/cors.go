package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ownPaths are the routes that Atlas does not have. Pages of other origins have no
// business there, whatever they may read of Atlas's.
var ownPaths = []string{
	"/api/v1/alerts", "/api/v1/batch", "/api/v1/status", "/api/v1/series", "/api/openapi.json",
	"/api/v1/expr/words", "/api/v1/expr/analyze", "/api/v1/admin",
}

func isOwn(path string) bool {
	return slices.ContainsFunc(ownPaths, func(own string) bool {
		rest, found := strings.CutPrefix(path, own)
		return found && (rest == "" || rest[0] == '/')
	})
}

// allowOrigins gives every answer Atlas's CORS headers, but for routes of our own: any origin may use what
// Atlas has. Preflight requests are answered here, on any path, as Atlas does.
func allowOrigins(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if !isOrigin(origin) || isOwn(r.URL.Path) {
			origin = ""
		}
		if origin != "" {
			setOriginHeaders(w.Header(), origin, r)
		}
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusOK)
			return
		}
		if origin != "" {
			w = &exposingWriter{ResponseWriter: w}
		}
		next.ServeHTTP(w, r)
	})
}

// isOrigin reports whether s is an Origin header as browsers send it. (Atlas fails with 500 on others.)
func isOrigin(s string) bool {
	if s == "null" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && u.Host != ""
}

func setOriginHeaders(h http.Header, origin string, r *http.Request) {
	if origin == "null" {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Methods", "GET, PATCH, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Vary", "Origin")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
}

// An exposingWriter lists, when the status is written, the headers that the handler has set, so that
// a script of another origin may read them.
type exposingWriter struct {
	http.ResponseWriter
	exposed bool
}

func (w *exposingWriter) WriteHeader(status int) {
	if !w.exposed {
		w.exposed = true
		var names []string
		for name := range w.Header() {
			if !strings.HasPrefix(name, "Access-Control-") && name != "Vary" {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			w.Header().Set("Access-Control-Expose-Headers", strings.Join(names, ", "))
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *exposingWriter) Write(b []byte) (int, error) {
	if !w.exposed {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Flush sends what was written so far, for streams.
func (w *exposingWriter) Flush() {
	// An error means that the client has gone; the next Write says so.
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController reach what is below.
func (w *exposingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
