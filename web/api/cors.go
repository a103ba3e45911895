package api

import (
	"net/http"
	"net/url"
	"strings"
)

// guard refuses requests of foreign pages that may change something, before anything of them is read, and gives
// answers to permitted pages the headers with which Atlas answers every page (CORS). Without such headers a browser lets no
// foreign page read the answer.
//
// Preflight requests are answered here, on any path, as Atlas does; a foreign page that is not permitted gets 403.
func (o Origins) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		permitted := o.permits(r)
		if !o.any && o.isSet() {
			w.Header().Set("Vary", "Origin")
		}
		if !permitted && isForeign(r) && changes(r.Method) {
			o.refuse(w, r)
			return
		}
		origin := r.Header.Get("Origin")
		if !permitted || !isOrigin(origin) {
			origin = ""
		}
		if origin != "" {
			setOriginHeaders(w.Header(), origin, r)
		}
		if r.Method == http.MethodOptions {
			if permitted {
				w.Header().Set("Access-Control-Max-Age", "600")
			}
			w.WriteHeader(http.StatusOK)
			return
		}
		if origin != "" {
			w = &exposingWriter{ResponseWriter: w}
		}
		next.ServeHTTP(w, r)
	})
}

// changes reports whether a request of a method may change something. A preflight request asks for permission to.
func changes(method string) bool { return method != http.MethodGet && method != http.MethodHead }

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
