package api

import (
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
