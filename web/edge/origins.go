package edge

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Origins are the origins, besides the server's own, whose pages may use the API. The zero value is none.
type Origins struct {
	any    bool
	listed map[string]bool // as canonicalOrigin has them
}

// ParseOrigins reads origins as browsers write them: a scheme, a host and, where it is not that of the scheme, a port.
// "null" stands for pages that have none, such as files, and "*" for every page there is.
func ParseOrigins(list []string) (Origins, error) {
	origins := Origins{listed: map[string]bool{}}
	for _, entry := range list {
		if entry == "*" {
			origins.any = true
			continue
		}
		origin, ok := canonicalOrigin(entry)
		if !ok {
			return Origins{}, fmt.Errorf("%q is no origin; write a scheme, a host and no path, such as https://grafana.example, or '*'", entry)
		}
		origins.listed[origin] = true
	}
	return origins, nil
}

// isSet reports whether there are any.
func (o Origins) isSet() bool { return o.any || len(o.listed) > 0 }

// permits reports whether the page that sent a request is of such an origin.
func (o Origins) permits(r *http.Request) bool {
	if o.any {
		return true
	}
	origin, ok := canonicalOrigin(r.Header.Get("Origin"))
	return ok && o.listed[origin]
}

// Guard refuses requests of foreign pages that may change something, before anything of them is read, and gives
// answers to permitted pages the headers with which Atlas answers every page (CORS). Without such headers a browser lets no
// foreign page read the answer.
//
// Preflight requests are answered here, on any path, as Atlas does; a foreign page that is not permitted gets 403.
func (o Origins) Guard(next http.Handler) http.Handler {
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

// canonicalOrigin returns an origin in lower case, without the port of its scheme and the dot of a full name, and
// false if s is none.
func canonicalOrigin(s string) (string, bool) {
	if strings.EqualFold(s, "null") {
		return "null", true
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Hostname() == "" || strings.Contains(u.Host, "*") || strings.TrimSuffix(u.Path, "/") != "" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	return u.Scheme + "://" + hostOf(u.Scheme, u.Host), true
}

// hostOf returns a host and port as canonicalOrigin has them.
func hostOf(scheme, hostport string) string {
	name, port := splitHost(hostport)
	switch {
	case port != "" && !(scheme == "http" && port == "80") && !(scheme == "https" && port == "443"):
		return net.JoinHostPort(name, port)
	case strings.Contains(name, ":"):
		return "[" + name + "]"
	}
	return name
}

// isForeign reports whether a request comes from a page that is not the server's own.
//
// Sec-Fetch-Site, where a browser sends it, says so also behind a proxy that changes the host. Browsers leave it out
// on plain connections, where the host of the origin is compared with that which was asked for. What has neither
// header comes from no page.
func isForeign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none": // none: the user typed the address
		return false
	case "":
		break
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	canonical, ok := canonicalOrigin(origin)
	scheme, host, isURL := strings.Cut(canonical, "://")
	return !ok || !isURL || host != hostOf(scheme, r.Host)
}

// refuse answers 403, which says how to permit the origin. The body of the request has not been read.
func (o Origins) refuse(w http.ResponseWriter, r *http.Request) {
	page, wanted := "a page of another origin", "ORIGIN"
	if origin, ok := canonicalOrigin(r.Header.Get("Origin")); ok {
		page, wanted = "a page of "+origin, origin
	}
	refuse(w, http.StatusForbidden, fmt.Sprintf(
		"%s may not use this server, which answers for %q: start it with --cors-origins %s to permit that; "+
			"if the page is the server's own, let the proxy between them pass the Host header on", page, r.Host, wanted))
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
