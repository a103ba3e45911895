package api

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParameters(t *testing.T) {
	for raw, want := range map[string]url.Values{
		"":                      {},
		"q=a+b":                 {"q": {"a b"}},
		"q=a%2Bb%20c":           {"q": {"a+b c"}},
		"q=a;b,:eq&s=1":         {"q": {"a;b,:eq"}, "s": {"1"}},
		"q":                     {"q": {""}},
		"&&q=1&q=2&":            {"q": {"1", "2"}},
		"q==,=,:eq":             {"q": {"=,=,:eq"}},
		"%71=%C3%A9":            {"q": {"é"}},
		"q=%FF%C3(":             {"q": {"\ufffd("}},
		"q=a,^b|{c}\\`\"<>,:re": {"q": {"a,^b|{c}\\`\"<>,:re"}},
	} {
		got, err := parseParameters(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", raw, diff)
		}
	}
	for _, raw := range []string{"q=%", "q=%e", "q=%zz", "%=1", "q=a#b"} {
		if got, err := parseParameters(raw); err == nil {
			t.Errorf("%s: %v, want an error", raw, got)
		}
	}
}

// FuzzParameters: whatever the target, a handler sees the parameters that were parsed, as UTF-8.
func FuzzParameters(f *testing.F) {
	for _, seed := range []string{"q=name,sps,:eq&s=e-3h", "q=a;b", "a=%41&&=;%26=+", "q=%FF", "#", "q=%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		want, wantErr := parseParameters(raw)
		r := &http.Request{URL: &url.URL{Path: "/", RawQuery: raw}}
		called := false
		w := httptest.NewRecorder()
		readParameters(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			called = true
			if diff := cmp.Diff(want, r.URL.Query()); wantErr == nil && diff != "" {
				t.Errorf("%q (-parsed +seen):\n%s", raw, diff)
			}
			for name, values := range r.URL.Query() {
				for _, v := range values {
					if !utf8.ValidString(name + v) {
						t.Errorf("%q: %q=%q", raw, name, v)
					}
				}
			}
		})).ServeHTTP(w, r)
		if called != (wantErr == nil) || !called && w.Code != http.StatusBadRequest {
			t.Errorf("%q: called %t, error %v, status %d", raw, called, wantErr, w.Code)
		}
	})
}
