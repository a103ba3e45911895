package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Config is what the API serves. All fields but Now and Location are required.
type Config struct {
	Engine *query.Engine
	Store  TagStore
	// Alerts returns the state of the rules.
	Alerts func() alert.Status
	// Publish takes POST /api/v1/publish and /api/v1/publish-fast.
	Publish http.Handler
	// UI serves the pages and their files.
	UI http.Handler
	// Ready reports whether the log has been replayed; before that data requests are answered 503.
	Ready func() bool
	// Location is the zone of times and expressions that name none; nil is UTC.
	Location *time.Location
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// A TagStore lists the keys and values of the series that match a predicate, sorted, strictly after
// offset, at most limit.
type TagStore interface {
	TagKeys(ctx context.Context, where tag.Predicate, offset string, limit int) ([]string, error)
	TagValues(ctx context.Context, where tag.Predicate, key, offset string, limit int) ([]string, error)
}

// An API answers HTTP requests.
type API struct {
	Config
}
