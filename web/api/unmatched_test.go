package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A graph of nothing says which part of its query matches nothing.
func TestUnmatchedIsSaid(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	warnings := func(q, from string) []string {
		p := url.Values{"q": {q}, "s": {from}, "e": {"s+1h"}, "tz": {"UTC"}, "format": {"v2.json"}, "hints": {"no-image,why-empty"}}
		r := server.get(t, graphRoute+"?"+p.Encode())
		if r.status != http.StatusOK {
			t.Fatalf("%s: %d %.300s", q, r.status, r.body)
		}
		var entries []struct{ Warnings []string }
		if err := json.Unmarshal(r.body, &entries); err != nil {
			t.Fatal(err)
		}
		return entries[0].Warnings
	}
	const day = "2026-11-22T12:00"
	for q, want := range map[string]string{
		"name,http.requets,:eq":                                 "nothing matches name,http.requets,:eq; did you mean http.requests?",
		"name,http.requets,:eq,:avg,2,:mul":                     "nothing matches name,http.requets,:eq; did you mean http.requests?",
		"name,http.requests,:eq,nf.app,ww,:eq,:and":             "nothing matches nf.app,ww,:eq; did you mean www?",
		"name,http.requests,:eq,nf.ap,www,:eq,:and":             "nothing matches nf.ap,www,:eq; did you mean nf.app?",
		"name,http.requests,:eq,(,nf.nod,),:by":                 "no series that matches name,http.requests,:eq has the key nf.nod; did you mean nf.node?",
		"name,zzz.*,:re":                                        "nothing matches name,zzz.*,:re",
		"name,completely.different,:eq":                         "nothing matches name,completely.different,:eq",
		"name,lab.sine,:eq,nf.app,www,:eq,:and":                 "nothing matches name,lab.sine,:eq,nf.app,www,:eq,:and, though each part of it matches something",
		"name,http.requests,:eq":                                "",
		"name,http.requests,:eq,(,nf.app,),:by":                 "",
		"1":                                                     "",
		"name,http.requests,:eq,name,http.requets,:eq,:div":     "nothing matches name,http.requets,:eq; did you mean http.requests?",
		"name,http.requets,:eq,name,http.requets,:eq,:max,:div": "nothing matches name,http.requets,:eq; did you mean http.requests?",
	} {
		if got := strings.Join(warnings(q, day), " | "); got != want {
			t.Errorf("%s: %q, want %q", q, got, want)
		}
	}
	if got := warnings("name,http.requests,:eq", "2026-11-20"); !slices.Equal(got, []string{"series match name,http.requests,:eq, but none of them has a value in this range"}) {
		t.Errorf("before the data: %q", got)
	}
	// Of three clauses two do not go together.
	if got := warnings("name,lab.sine,:eq,nf.app,www,:eq,:and,nf.node,:has,:and", day); len(got) != 1 || strings.Count(got[0], ":and") != 1 {
		t.Errorf("three clauses: %q", got)
	}
	// In a batch it is said as well, and nobody is told who did not ask, or in formats that have no place for it.
	if body := string(server.batch(t, panel("a", "name,http.requets,:eq", "format", "v2.json", "hints", "no-image,why-empty"))["a"].Body); !strings.Contains(body, "did you mean http.requests?") {
		t.Errorf("batch: %.300s", body)
	}
	for _, ask := range []string{"format=json&hints=why-empty", "format=v2.json&hints=no-image"} {
		target := graphRoute + "?q=name,http.requets,:eq&s=2026-11-22T12:00Z&e=s%2B1m&" + ask
		if r := server.get(t, target); strings.Contains(string(r.body), "nothing matches") {
			t.Errorf("%s: %.300s", ask, r.body)
		}
	}
}
