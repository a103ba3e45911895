package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

func loadDescription(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(description)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// Every route is described, and nothing else is.
func TestDescriptionHasEveryRoute(t *testing.T) {
	var described, routes []string
	for path, item := range loadDescription(t).Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	parameter := regexp.MustCompile(`[:*](\w+)`)
	for _, r := range (&API{Config: testConfig(tsdbtest.OpenDB(t))}).router().Routes() {
		if isPage := !strings.HasPrefix(r.Path, "/api/") && r.Path != "/ok" && r.Path != "/healthcheck"; !isPage {
			routes = append(routes, r.Method+" "+parameter.ReplaceAllString(r.Path, "{$1}"))
		}
	}
	slices.Sort(described)
	slices.Sort(routes)
	if diff := cmp.Diff(routes, described); diff != "" {
		t.Errorf("-routes +described:\n%s", diff)
	}
}

// What Atlas answered, and what we answer, is as described.
func TestAnswersAreAsDescribed(t *testing.T) {
	doc := loadDescription(t)
	server := newTestServer(t, recordedConfig(t))
	files, err := filepath.Glob("testdata/recorded/*.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		for _, c := range readRecorded(t, file) {
			if findOperation(doc, c.Method, c.Path) == nil || len(c.StatusAny) > 0 {
				continue
			}
			checked++
			r := server.send(t, exchange{method: c.Method, target: c.Path, headers: c.Headers})
			body, err := decode(r)
			if err == nil {
				err = checkAnswer(doc, c.Method, c.Path, r.status, r.header.Get("Content-Type"), body)
			}
			if err != nil {
				t.Errorf("%s %.200s: %v", c.Method, c.Path, err)
			}
			if recordedBody, isJSON := c.recordedJSON(); isJSON {
				if err := checkAnswer(doc, c.Method, c.Path, c.Status, "application/json", recordedBody); err != nil {
					t.Errorf("recorded %s: %v", c.ID, err)
				}
			}
		}
	}
	if checked < 900 {
		t.Errorf("only %d answers were checked", checked)
	}
	t.Logf("%d answers, their recordings aside", checked)
}

// recordedJSON returns the recorded body where it is JSON.
func (c *recorded) recordedJSON() ([]byte, bool) {
	if c.ContentType == "" { // of the expression API
		return c.Body, bytes.HasPrefix(c.Body, []byte("[")) && !strings.Contains(c.Path, "/complete") // descriptions are not recorded
	}
	if c.JSON == nil {
		return nil, false
	}
	body, err := json.Marshal(c.JSON)
	return body, err == nil
}

// Answers of our own routes, of which there are no recordings.
func TestOwnAnswersAreAsDescribed(t *testing.T) {
	doc := loadDescription(t)
	server := newTestServer(t, testConfig(newFleetDB(t)))
	for _, x := range []exchange{
		{method: http.MethodGet, target: "/api/v1/expr/words"},
		{method: http.MethodGet, target: "/api/v1/alerts"},
		{method: http.MethodGet, target: "/api/v1/status"},
		{method: http.MethodGet, target: "/api/openapi.json"},
		{method: http.MethodGet, target: "/ok"},
		{method: http.MethodDelete, target: "/api/v1/series?q=name,sys.load,:eq&s=e-1h&e=2026-11-22T12:00Z"},
		{method: http.MethodDelete, target: "/api/v1/series?q=name,sys.load,:eq"},
		{method: http.MethodDelete, target: "/api/v1/series"},
		{http.MethodPost, "/api/v1/batch", asJSON, `{"requests":[{"params":{"q":"1"}}]}`},
		{http.MethodPost, "/api/v1/batch", asJSON, `{`},
		{http.MethodPost, "/api/v1/expr/analyze", asJSON, `{}`},
		{http.MethodPost, "/api/v1/expr/analyze", asJSON, `{"q":"name,sys.load,:eq,(,nf.app,),:by,:summ","pos":3}`},
		{http.MethodPost, "/api/v1/expr/analyze", asJSON, `{"q":"name,sys.load,:eq,:max","pos":22}`},
		{http.MethodPost, "/api/v1/expr/analyze", nil, `{}`},
	} {
		r := server.send(t, x)
		if err := checkAnswer(doc, x.method, x.target, r.status, r.header.Get("Content-Type"), r.body); err != nil {
			t.Errorf("%s %s: %v", x.method, x.target, err)
		}
	}
}

// findOperation returns what is said of a request, or nil.
func findOperation(doc *openapi3.T, method, target string) *openapi3.Operation {
	path, _, _ := strings.Cut(target, "?")
	item := doc.Paths.Value(path)
	if item == nil && strings.HasPrefix(path, "/api/v1/tags/") {
		item = doc.Paths.Value("/api/v1/tags/{key}")
	}
	if item == nil {
		return nil
	}
	return item.Operations()[method]
}

// checkAnswer returns how an answer differs from its description.
func checkAnswer(doc *openapi3.T, method, target string, status int, contentType string, body []byte) error {
	operation := findOperation(doc, method, target)
	if operation == nil {
		return fmt.Errorf("not described")
	}
	response := operation.Responses.Status(status)
	if response == nil {
		response = operation.Responses.Default()
	}
	if response == nil {
		return fmt.Errorf("status %d is not described", status)
	}
	if len(body) == 0 {
		return nil
	}
	media := response.Value.Content.Get(contentType)
	if media == nil {
		return fmt.Errorf("status %d as %s is not described", status, contentType)
	}
	if !strings.HasPrefix(contentType, "application/json") {
		return nil
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	if err := media.Schema.Value.VisitJSON(v); err != nil {
		return fmt.Errorf("status %d: %.300s", status, err)
	}
	return nil
}
