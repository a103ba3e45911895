package api

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/edge"
)

// Config is what the API serves. Now, Step and Timezone have defaults.
type Config struct {
	Engine *query.Engine
	Store  TagStore
	// Alerts returns the state of alerting without its rules, how many groups one of them has at most, and the rules.
	Alerts func() (status alert.Status, groups int, rules iter.Seq[alert.RuleStatus])
	// Stats describes the store.
	Stats func() tsdb.Stats
	// Delete removes what the series that match where have from first to last, both included, in milliseconds.
	Delete func(ctx context.Context, where tag.Predicate, first, last int64) (series int, err error)
	// Removals changes whenever values are gone that a graph may have shown: see tsdb.DB.
	Removals func() uint64
	// Snapshot makes a snapshot of the data directory and returns its path.
	Snapshot func() (path string, err error)
	// Publish takes POST /api/v1/publish and /api/v1/publish-fast.
	Publish http.Handler
	// UI serves the pages and their files.
	UI http.Handler
	// Ready reports whether the log has been replayed; before that requests for data are answered 503.
	Ready func() bool
	// Step is the primary step of the store; 0 is one minute.
	Step time.Duration
	// MaxAge is how old a sample may be when it is published: a graph that ended longer ago does not change
	// any more, and clients may keep it. 0 means that every graph may change.
	MaxAge time.Duration
	// Timezone is the ID of the zone for times and expressions that name none; "" is UTC.
	Timezone string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger is told of what was removed and of snapshots; nil is silence.
	Logger *slog.Logger
	// Origins are those whose pages may use the API, besides the server's own.
	Origins edge.Origins
	// Hosts are further names under which the server answers.
	Hosts edge.Hosts
	// Fonts are for what the built-in font of pictures has not; nil is none.
	Fonts *draw.Fonts
}

// A TagStore lists the keys and values of the series that match a predicate. *tsdb.DB is one.
type TagStore interface {
	TagKeys(ctx context.Context, where tag.Predicate, page tsdb.Page) ([]tsdb.TagCount, error)
	TagValues(ctx context.Context, where tag.Predicate, key string, page tsdb.Page) ([]tsdb.TagCount, error)
}

// An API answers HTTP requests.
type API struct {
	Config
	started  int64 // milliseconds
	finished finishedGraphs
	memos    sync.Pool // of *numberMemo, for the next answer: what they remember stays true
}

const (
	graphRoute       = "/api/v1/graph"
	publishRoute     = "/api/v1/publish"
	publishFastRoute = "/api/v1/publish-fast"
)

// pages are the paths that people open.
var pages = []string{"/", "/explore", "/alerts", "/reference"}

// endpointHeader names the route that answered, as Atlas does on every answer of the routes that it has.
const endpointHeader = "Netflix-Endpoint"

// atlasRoutes are the paths whose answers carry endpointHeader, also when the method is wrong.
var atlasRoutes = []string{graphRoute, "/api/v2/fetch", exprRoute, "/api/v1/tags", publishRoute, publishFastRoute, "/healthcheck"}

// New returns the handler for all paths.
func New(cfg Config) http.Handler {
	if cfg.Step == 0 {
		cfg.Step = time.Minute
	}
	if cfg.Timezone == "" {
		cfg.Timezone = "UTC"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	a := &API{
		Config:  cfg,
		started: cfg.Now().UnixMilli(),
		memos:   sync.Pool{New: func() any { return new(numberMemo) }},
	}
	served := guardLength(pace(edge.Compress(readParameters(a.router()))))
	return edge.AnswerHead(edge.ForbidSniffing(edge.GuardPath(cfg.Hosts.Guard(isPublish, cfg.Origins.Guard(served)))))
}

// router mounts the resources.
func (a *API) router() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.RedirectTrailingSlash = false
	r.HandleMethodNotAllowed = true
	r.NoMethod(wrongMethod)
	r.Use(gin.CustomRecoveryWithWriter(nil, recovered), nameEndpoint)

	data := r.Group("/", a.requireReady)
	data.GET(graphRoute, a.inTurn, a.graph)
	data.GET("/api/v2/fetch", a.inTurn, a.fetch)
	data.GET("/api/v1/tags", a.inTurn, a.tags)
	data.GET("/api/v1/tags/*key", a.inTurn, a.tags)
	data.GET("/api/v1/alerts", a.inTurn, a.alerts)
	data.POST(exprRoute+"/analyze", requireJSON, a.inTurn, a.analyze)
	data.POST("/api/v1/batch", requireJSON, a.inTurn, a.batch)
	data.GET("/api/v1/status", a.status)
	data.POST("/api/v1/admin/snapshot", requireJSON, a.snapshot)
	data.DELETE("/api/v1/series", requireJSON, a.deleteSeries)
	data.POST(publishRoute, gin.WrapH(a.Publish))
	data.POST(publishFastRoute, gin.WrapH(a.Publish))
	for _, page := range append(slices.Clone(pages), "/assets/*file", "/favicon.ico") {
		r.GET(page, gin.WrapH(a.UI))
	}
	a.mountExpr(r.Group("/", a.inTurn))
	r.GET("/api/openapi.json", describeAPI)
	r.GET("/healthcheck", a.health)
	r.GET("/ok", ok)
	r.NoRoute(other)
	return r
}

// nameEndpoint sets endpointHeader.
func nameEndpoint(c *gin.Context) {
	for _, route := range atlasRoutes {
		if rest, found := strings.CutPrefix(c.Request.URL.Path, route); found && (rest == "" || rest[0] == '/') {
			c.Header(endpointHeader, route)
		}
	}
}

func recovered(c *gin.Context, reason any) {
	writeError(c.Writer, http.StatusInternalServerError, "the server made a mistake; its log has the details")
	panic(reason) // net/http logs the stack
}

// requireReady turns requests away while the log is replayed.
func (a *API) requireReady(c *gin.Context) {
	if !a.Ready() {
		c.Header("Retry-After", "1")
		writeError(c.Writer, http.StatusServiceUnavailable, "the server is starting: it replays its log")
		c.Abort()
	}
}

// other says of every other path what Atlas says.
func other(c *gin.Context) {
	switch c.Request.Method {
	case http.MethodGet, http.MethodPost:
		writeError(c.Writer, http.StatusNotFound, "path not found: "+c.Request.URL.Path)
	default:
		wrongMethod(c)
	}
}

// wrongMethod names the method that the path takes, where it takes any.
func wrongMethod(c *gin.Context) {
	allowed := c.Writer.Header().Get("Allow")
	if allowed == "" {
		allowed = http.MethodGet
	}
	if strings.Contains(allowed, http.MethodGet) {
		c.Header("Allow", allowed+", "+http.MethodHead)
	}
	writeError(c.Writer, http.StatusMethodNotAllowed, "method not allowed: "+allowed)
}

// ok is Atlas's sign of life: it answers while the server starts, too.
func ok(c *gin.Context) {
	c.Header("Content-Type", "text/plain; charset=UTF-8")
	c.Status(http.StatusOK)
	_, _ = c.Writer.WriteString(c.ClientIP())
}

// health is 500 until the server can answer.
func (a *API) health(c *gin.Context) {
	status := http.StatusInternalServerError
	if a.Ready() {
		status = http.StatusOK
	}
	writeJSON(c.Writer, status, map[string]bool{"telamon": a.Ready()})
}
