package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// maxTags is the number of entries on a page of the tags API, and the default limit.
const maxTags = 1000

const (
	// maxTagsAtOnce is the most that a limit can ask for; the rest comes with the next offset.
	maxTagsAtOnce = 1 << 18
	// bytesPerTag is what an entry takes while it is found, counted and written, text included.
	bytesPerTag = 200
)

// A tagsRequest is GET /api/v1/tags and /api/v1/tags/{key}.
type tagsRequest struct {
	where   tag.Predicate
	key     string // empty: the keys are wanted
	verbose bool
	text    bool // format=txt
	limit   int
	offset  string
}

func parseTags(c *gin.Context) (tagsRequest, error) {
	r := tagsRequest{
		where:   tag.True{},
		key:     strings.TrimPrefix(c.Param("key"), "/"),
		verbose: c.Query("verbose") == "1",
		text:    c.Query("format") == "txt",
		limit:   maxTags,
		offset:  c.Query("offset"),
	}
	if text, given := c.GetQuery("q"); given {
		where, err := expr.ParseQuery(text)
		if err != nil {
			return r, err
		}
		r.where = where
	}
	if text, given := c.GetQuery("limit"); given {
		limit, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return r, &badRequest{http.StatusBadRequest, stack.NumberFormat, "For input string: " + strconv.Quote(text)}
		}
		if limit <= 0 {
			return r, illegalArgument("requirement failed: limit must be positive (got " + text + ")")
		}
		r.limit = int(limit)
	}
	if r.verbose {
		// Entries of the verbose form are key,value; what has no comma is no offset.
		_, r.offset, _ = strings.Cut(r.offset, ",")
	}
	return r, nil
}

// tags answers with keys, or with the values of one key.
func (a *API) tags(c *gin.Context) {
	r, err := parseTags(c)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	r.limit = min(r.limit, maxTagsAtOnce)
	loan, err := a.borrow(c.Request.Context(), int64(r.limit)*bytesPerTag+1<<20)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	defer loan.Return()
	found, err := a.find(c.Request.Context(), r)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	if len(found) >= min(r.limit, maxTags) {
		next := found[len(found)-1]
		if r.verbose {
			next = r.key + "," + next
		}
		c.Header("x-nflx-atlas-next-offset", next)
	}
	r.write(c.Writer, found)
}

// find lists what was asked for. The verbose list of keys is empty, as Atlas has it.
func (a *API) find(ctx context.Context, r tagsRequest) ([]string, error) {
	page := tsdb.Page{After: r.offset, Limit: r.limit, Uncounted: true}
	var counts []tsdb.TagCount
	var err error
	switch {
	case r.key != "":
		counts, err = a.Store.TagValues(ctx, r.where, r.key, page)
	case !r.verbose:
		counts, err = a.Store.TagKeys(ctx, r.where, page)
	}
	found := make([]string, len(counts))
	for i, c := range counts {
		found[i] = c.Text
	}
	return found, err
}

// A tagCount is an entry of the verbose form. Atlas's index does not count and says -1.
type tagCount struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	Count int    `json:"count"`
}

func (r tagsRequest) write(w http.ResponseWriter, found []string) {
	out := &responseWriter{w: w}
	defer out.flush()
	if r.text {
		w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
		r.writeText(out, found)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if !r.verbose {
		out.strings(found)
		return
	}
	out.text("[")
	for i, value := range found {
		if i > 0 {
			out.text(",")
		}
		out.buf = appendJSON(out.buf, tagCount{r.key, value, -1})
		out.room()
	}
	out.text("]")
}

func (r tagsRequest) writeText(w *responseWriter, found []string) {
	for i, value := range found {
		if i > 0 {
			w.text("\n")
		}
		w.room()
		if r.verbose {
			value = r.key + "\t" + value + "\t-1"
		}
		w.text(value)
	}
}
