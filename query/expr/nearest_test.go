package expr

import (
	"slices"
	"testing"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// Slips that people make, and what they meant.
func TestNearestWord(t *testing.T) {
	words := Options{}.vocabulary()
	for typo, want := range map[string]string{
		"gtt": "gt", "gtr": "gt", "gte": "gt", "lte": "lt", "ge1": "ge", "eqq": "eq", "eqs": "eq", "qe": "eq", "bby": "by", "byy": "by", "yb": "by",
		"summ": "sum", "smu": "sum", "usm": "sum", "suum": "sum", "ssum": "sum", "sun": "sum", "max_": "max", "maxx": "max", "mxa": "max",
		"avgg": "avg", "agv": "avg", "av": "avg", "cuont": "count", "coun": "count", "coutn": "count", "ad": "add", "addd": "add",
		"mull": "mul", "mu": "mul", "dvi": "div", "divv": "div", "annd": "and", "nad": "and", "nott": "not", "rre": "re", "inn": "in",
		"hass": "has", "ahs": "has", "topkk": "topk", "topk_others_sum": "topk-others-sum", "percentile": "percentiles",
		"precentiles": "percentiles", "percentils": "percentiles", "perc": "percentiles", "rolling_mean": "rolling-mean",
		"rollingmean": "rolling-mean", "rolling-men": "rolling-mean", "offest": "offset", "ofset": "offset", "legned": "legend",
		"lengend": "legend", "lege": "legend", "limti": "limit", "SUM": "sum", "Legend": "legend", "deriv": "derivative",
		"integrall": "integral", "filterr": "filter", "fliter": "filter", "stackk": "stack", "vspann": "vspan", "aply": "", "x": "",
		"zzzz": "", "sqr": "sqrt", "sqrrt": "sqrt", "des_fast": "des-fast", "dist_avg": "dist-avg", "node_avg": "node-avg",
	} {
		if got := words.Nearest(typo); got != want {
			t.Errorf(":%s: %q, want %q", typo, got, want)
		}
	}
}

func TestNearestOf(t *testing.T) {
	for _, c := range []struct {
		name, want string
		among      []string
	}{
		{"http.requets", "http.requests", []string{"http.errors", "http.requests", "http.request.size"}},
		{"HTTP.Requests", "http.requests", []string{"http.requests"}},
		{"http_requests", "http.requests", []string{"http.reqests", "http.requests"}},
		{"sys.cpu", "sys.cpu.user", []string{"sys.load", "sys.cpu.user"}},
		{"completely.other", "", []string{"http.requests"}},
		{"www", "", []string{"api", "db"}},
	} {
		if got := stack.NearestOf(c.name, slices.Values(c.among)); got != c.want {
			t.Errorf("%s among %q: %q, want %q", c.name, c.among, got, c.want)
		}
	}
}
