package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// oddValues are what no parameter expects.
var oddValues = []string{
	"", "0", "-1", "100000", "99999999999999999999", "1e308", "NaN", "Infinity", "0x1p3", "nonsense", "a,b", "(,", "ünïcode",
	"\x00", "\U0001F600", "..", "%", strings.Repeat("x", 300),
}

// Every parameter that is described, with values that it does not expect, given twice, for one axis, and next
// to an unknown one: the answer is a graph, or an error that says what is wrong, and never a mistake of ours.
func TestOddParameters(t *testing.T) {
	doc := loadDescription(t)
	server := newTestServer(t, testConfig(newFleetDB(t)))
	operation := findOperation(doc, http.MethodGet, graphRoute)
	for _, format := range []string{"v2.json", "png"} {
		for _, p := range operation.Parameters {
			if p.Value.Name == "q" && format == "png" {
				continue // a picture of nothing is an error of Atlas's, as recorded
			}
			for _, odd := range oddValues {
				variants := []url.Values{{p.Value.Name: {odd, "1"}}, {p.Value.Name + ".2": {odd}, "unknown": {odd}}}
				if format == "png" {
					variants = variants[:1] // drawing takes a while
				}
				for _, values := range variants {
					for name, value := range map[string]string{
						"q": "name,sys.load,:eq,(,nf.app,),:by,:dup,2,:axis", "s": "2026-11-22T12:00Z", "e": "s+10m", "format": format, "w": "200", "h": "60",
						"hints": "no-image",
					} {
						if !values.Has(name) {
							values.Set(name, value)
						}
					}
					checkOdd(t, server, graphRoute+"?"+values.Encode())
				}
			}
		}
	}
}

func checkOdd(t *testing.T, server *testServer, target string) {
	t.Helper()
	r := server.get(t, target)
	switch r.status {
	case http.StatusOK:
		if len(r.body) == 0 {
			t.Errorf("%s: an empty answer", target)
		}
	case http.StatusBadRequest, http.StatusNotFound:
		if !strings.Contains(string(r.body), `"type":"error","message":"`) {
			t.Errorf("%s: %d %.300s", target, r.status, r.body)
		}
	default:
		t.Errorf("%s: status %d: %.300s", target, r.status, r.body)
	}
}

// Questions that are too large are answered within bounds or refused, at once.
func TestLargeQuestions(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	for target, want := range map[string]int{
		"/api/v1/graph?format=json&q=name,sys.load,:eq&s=2016-01-01&e=2027-01-01":                                                  http.StatusOK,
		"/api/v1/graph?format=json&q=name,sys.load,:eq&s=epoch&e=9999-12-31":                                                       http.StatusBadRequest,
		"/api/v1/graph?format=json&q=name,sys.load,:eq&s=2016-01-01&e=2027-01-01&w=100000":                                         http.StatusOK,
		"/api/v1/graph?format=json&q=name,:has,:all&s=2026-11-22T12:00Z&e=s%2B1m":                                                  http.StatusOK,
		"/api/v1/graph?format=json&q=name,:has,(,name,nf.node,id,),:by&s=2016-01-01&e=2027-01-01&step=1d":                          http.StatusOK,
		"/api/v1/graph?format=json&q=" + strings.Repeat("1,", 1100) + "1":                                                          http.StatusBadRequest,
		"/api/v1/graph?format=json&q=(,1,)," + strings.Repeat(":dup,:list,", 200) + "&s=e-1m":                                      http.StatusBadRequest,
		"/api/v1/graph?format=json&q=name,sys.load,:eq,:sum" + strings.Repeat(",:dup,:add", 300) + "&s=2026-11-22T12:00Z&e=s%2B5m": http.StatusOK,
		"/api/v1/graph?format=json&q=name,(.*a){30}z,:re&s=2026-11-22T12:00Z&e=s%2B5m":                                             http.StatusOK,
		"/api/v1/graph?w=100000&h=100000&q=name,sys.load,:eq&s=2026-11-22T12:00Z&e=s%2B5m":                                         http.StatusOK,
		"/api/v1/graph?q=name,sys.load,:eq,:sum,0,:div&s=2026-11-22T12:00Z&e=s%2B5m":                                               http.StatusOK,
		"/api/v1/graph?tz=Middle/Earth&q=1":                                                                                        http.StatusBadRequest,
	} {
		if r := server.get(t, target); r.status != want {
			t.Errorf("%.200s: status %d, want %d: %.300s", target, r.status, want, r.body)
		}
	}
}
