package api

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"sort"

	"github.com/gin-gonic/gin"

	"github.com/telamon-tsdb/telamon/query/expr/inspect"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// maxProgramBytes bounds the text that is analysed: hundreds of times what people write.
const maxProgramBytes = 1 << 20

const (
	// analyzeBytes is what analysing a text takes besides bytesPerByte for each of its own: lists of tags.
	analyzeBytes = 2 << 20
	bytesPerByte = 32
)

// An analyzeRequest is the body of POST /api/v1/expr/analyze.
type analyzeRequest struct {
	Q string `json:"q"`
	// Pos is where the cursor is, in bytes of UTF-8; one outside of the text is moved to its end.
	Pos int `json:"pos"`
}

// analyze answers with what an editor shows about a program that may be half written. The route is ours.
func (a *API) analyze(c *gin.Context) {
	var r analyzeRequest
	err := readBodyOutside(c, maxProgramBytes, &r)
	if err != nil {
		fail(c.Writer, err)
		return
	}
	loan, err := a.borrow(c.Request.Context(), analyzeBytes+bytesPerByte*int64(len(r.Q)))
	if err != nil {
		fail(c.Writer, err)
		return
	}
	defer loan.Return()
	tags := tagFinder{c.Request.Context(), a.Store}
	writeJSON(c.Writer, http.StatusOK, inspect.Analyze(r.Q, r.Pos, defaultWords(), tags))
}

// countedTags bounds the values that are looked at for completions; beyond it the total is a lower bound. It
// is above the nodes of most fleets.
const countedTags = 20_000

// A tagFinder finds keys and values to complete. It lives as long as one request. When the store cannot
// answer it finds nothing: an editor goes on without completions.
type tagFinder struct {
	ctx   context.Context
	store TagStore
}

// Keys implements inspect.Tags.
func (f tagFinder) Keys(where tag.Predicate, part string, limit int) ([]inspect.Counted, int) {
	keys, err := f.store.TagKeys(f.ctx, where, tsdb.Page{})
	if err != nil {
		return nil, 0
	}
	like := contains(part)
	return mostUsed(slices.DeleteFunc(keys, func(k tsdb.TagCount) bool { return !like.Matches(k.Text) }), limit)
}

// Values implements inspect.Tags.
func (f tagFinder) Values(where tag.Predicate, key, part string, limit int) (found []inspect.Counted, total int, atLeast bool) {
	if part != "" {
		where = tag.And{Left: where, Right: tag.Match{Key: key, Pattern: contains(part)}}
	}
	values, err := f.store.TagValues(f.ctx, where, key, tsdb.Page{Limit: countedTags})
	if err != nil {
		return nil, 0, false
	}
	found, total = mostUsed(values, limit)
	return found, total, total == countedTags
}

// contains returns the pattern for texts that have part in them, in capitals or not.
func contains(part string) *pattern.Pattern {
	p, err := pattern.Compile(".*"+regexp.QuoteMeta(part), true)
	if err != nil {
		panic("api: a quoted text is no pattern: " + err.Error())
	}
	return p
}

// mostUsed returns those with the most series first, at most limit and of equals the earlier ones, and the number of
// all. To put 10,000 in order for the first 50 took as long as to count them.
func mostUsed(all []tsdb.TagCount, limit int) ([]inspect.Counted, int) {
	found := make([]inspect.Counted, 0, limit+1)
	for _, one := range all {
		if n := len(found); n == limit && (n == 0 || found[n-1].Series >= one.Series) {
			continue
		}
		at := sort.Search(len(found), func(i int) bool { return found[i].Series < one.Series })
		found = slices.Insert(found, at, inspect.Counted{Text: one.Text, Series: one.Series})
		found = found[:min(len(found), limit)]
	}
	return found, len(all)
}
