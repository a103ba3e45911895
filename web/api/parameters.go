package api

import (
	"net/http"
	"net/url"
	"strings"
)

// readParameters reads the parameters of the request target as Atlas does: "+" is a space, ";" an ordinary
// character, a parameter without "=" is empty, what is no UTF-8 becomes U+FFFD. An escape that is none,
// and a "#", are answered 400.
//
// net/http drops a pair that it cannot read, in silence, and with it every expression with a ";". Handlers
// get the parameters in the strict form, so that they may read them as always.
func readParameters(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if plainQuery(r.URL.RawQuery) {
			next.ServeHTTP(w, r)
			return
		}
		values, err := parseParameters(r.URL.RawQuery)
		if err != nil {
			writeError(w, http.StatusBadRequest, "illegal request target: "+err.Error())
			return
		}
		strict := *r.URL
		strict.RawQuery = values.Encode()
		r2 := *r
		r2.URL = &strict
		next.ServeHTTP(w, &r2)
	})
}

// plainQuery reports whether there is nothing in a query string about which readers differ.
func plainQuery(raw string) bool {
	for i := range len(raw) {
		if c := raw[i]; c == ';' || c == '%' || c == '#' || c >= 0x80 {
			return false
		}
	}
	return true
}

func parseParameters(raw string) (url.Values, error) {
	if at := strings.IndexByte(raw, '#'); at >= 0 {
		return nil, errFragment
	}
	values := url.Values{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, err
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return nil, err
		}
		values.Add(strings.ToValidUTF8(name, "\ufffd"), strings.ToValidUTF8(value, "\ufffd"))
	}
	return values, nil
}

var errFragment = url.EscapeError("#")
