package api

import (
	"log/slog"
	"net/http"
	"time"
)

// audit logs what a request removed or made: by whom, what, how much, and how long it took. What failed may have happened
// in part, and is logged as a warning.
func (a *API) audit(r *http.Request, what string, began time.Time, err error, attributes ...any) {
	attributes = append(attributes, "client", r.RemoteAddr, "took", time.Since(began).Round(time.Millisecond))
	if forwarded := r.Header.Get("X-Forwarded-For"); forwarded != "" { // a proxy's word, or anybody's
		attributes = append(attributes, "forwarded_for", forwarded)
	}
	level := slog.LevelInfo
	if err != nil {
		level = slog.LevelWarn
		attributes = append(attributes, "error", err)
	}
	a.Logger.Log(r.Context(), level, what, attributes...)
}
