package api

import (
	"strings"
	"testing"
)

// A word that names no time is now, as in Atlas, and every answer says so.
func TestUnknownTimesAreNoticed(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	const remark = `\"yesterday\" names no time; now was taken`
	for target, want := range map[string]bool{
		"/api/v1/graph?format=json&q=1&s=e-5m&e=yesterday":                                true,
		"/api/v1/graph?format=std.json&q=1&s=yesterday-5m":                                true,
		"/api/v1/graph?format=stats.json&q=1&s=e-5m&e=yesterday":                          true,
		"/api/v1/graph?format=v2.json&hints=no-image&q=1&s=e-5m&e=yesterday":              true,
		"/api/v2/fetch?q=1&s=e-5m&e=yesterday":                                            true,
		"/api/v1/graph?format=v2.json&hints=no-image&q=yesterday-1h,ge,:time-span&s=e-5m": true,
		"/api/v1/graph?format=json&q=yesterday-1h,ge,:time-span&s=e-5m":                   true,
		"/api/v1/graph?format=stats.json&q=yesterday-1h,ge,:time-span,2,:mul&s=e-5m":      true,
		"/api/v2/fetch?q=yesterday-1h,ge,:time-span&s=e-5m":                               true,
		"/api/v1/graph?format=json&q=1&s=e-5m&e=now":                                      false,
		"/api/v1/graph?format=json&q=1":                                                   false,
		"/api/v2/fetch?q=1&s=2026-11-22&e=s%2B5m":                                         false,
	} {
		r := server.get(t, target)
		if got := strings.Contains(string(r.body), remark); r.status != 200 || got != want {
			t.Errorf("%s: remark %t, want %t: %d %.300s", target, got, want, r.status, r.body)
		}
	}
	answer := server.batch(t, panel("a", "1", "s", "e-5m", "e", "yesterday"))["a"]
	if !strings.Contains(string(answer.Body), remark) {
		t.Errorf("batch: %s", answer.Body)
	}
}
