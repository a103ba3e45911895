package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// snapshot answers POST /api/v1/admin/snapshot: {"path": …}, the new data directory. The route is ours.
func (a *API) snapshot(c *gin.Context) {
	for name := range c.Request.URL.Query() {
		fail(c.Writer, illegalArgument("a snapshot is of all there is and takes no parameters; found '"+name+"'"))
		return
	}
	began := time.Now()
	path, err := a.Snapshot()
	a.audit(c.Request, "snapshot", began, err, "path", path)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	writeJSON(c.Writer, http.StatusOK, map[string]string{"path": path})
}

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
