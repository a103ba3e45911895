package edge

import (
	"net/http"
	"strings"
)

// GuardPath answers 400 to a path that a proxy in front may read otherwise than the router does: with an encoded
// slash, backslash or zero byte, or a segment of dots. A proxy that denies /api/v1/status to the world
// lets /api%2fv1%2fstatus pass, and nothing that is served here needs such a path.
func GuardPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isAmbiguous(r.URL.EscapedPath()) {
			refuse(w, http.StatusBadRequest, "the path has an encoded slash, backslash or zero byte, or a segment of dots: write it plainly")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isAmbiguous(escaped string) bool {
	lower := strings.ToLower(escaped)
	for _, part := range []string{"%2f", "%5c", "%00", "\\"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	for segment := range strings.SplitSeq(strings.ReplaceAll(lower, "%2e", "."), "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// ForbidSniffing tells browsers to take each answer for what its Content-Type says: values and names of tags are
// other people's texts, and a JSON answer opened as a page must not become one.
func ForbidSniffing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
