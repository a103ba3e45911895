package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// request asks the real handler; header is "Name: value" pairs.
func request(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPages(t *testing.T) {
	for _, path := range []string{"/", "/explore", "/explore?q=name,a,:eq", "/alerts", "/reference?word=sum"} {
		r := request(t, "GET", path)
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("GET %s: %d %s, want 200 and HTML", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
		if got := r.Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("GET %s: Cache-Control %q, want no-cache, as pages name the versions of the rest", path, got)
		}
	}
}

func TestRefused(t *testing.T) {
	cases := []struct {
		method, path string
		status       int
	}{
		{"GET", "/nothing", 404},
		{"GET", "/index.html", 404},
		{"GET", "/assets/", 404},
		{"GET", "/assets/../ui.go", 404},
		{"POST", "/nothing", 404},
		{"POST", "/", 405},
		{"DELETE", "/alerts", 405},
	}
	for _, c := range cases {
		if r := request(t, c.method, c.path); r.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, r.StatusCode, c.status)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	for _, path := range []string{"/", "/assets/app.js"} {
		h := request(t, "GET", path).Header
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("GET %s: policy %q, want default-src 'self' and nothing unsafe", path, csp)
		}
		if got := h.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("GET %s: X-Content-Type-Options %q, want nosniff", path, got)
		}
	}
}

// The policy forbids inline code, and an absolute link would break behind a path prefix.
func TestPageNeedsNothingInline(t *testing.T) {
	page := string(body(t, request(t, "GET", "/")))
	for _, bad := range []string{"<style", " style=", " onload=", "javascript:", `src="/`, `href="/`, "http:", "https:"} {
		if strings.Contains(page, bad) {
			t.Errorf("index.html contains %q", bad)
		}
	}
	for _, script := range regexp.MustCompile(`<script[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(script, " src=") {
			t.Errorf("index.html has an inline script: %s", script)
		}
	}
}

// Every file that the page names is there, and the version it names is that of the content.
func TestPageNamesItsFiles(t *testing.T) {
	page := string(body(t, request(t, "GET", "/")))
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 3 {
		t.Fatalf("index.html has %d links, want script, style and icon", len(links))
	}
	for _, link := range links {
		r := request(t, "GET", "/"+link[1])
		if r.StatusCode != 200 {
			t.Errorf("GET %s: %d", link[1], r.StatusCode)
		}
		versioned := strings.Contains(link[1], "?v=")
		immutable := strings.Contains(r.Header.Get("Cache-Control"), "immutable")
		if versioned != immutable {
			t.Errorf("GET %s: Cache-Control %q: run npm run build in web/ui", link[1], r.Header.Get("Cache-Control"))
		}
	}
}

func TestStaleVersionIsRevalidated(t *testing.T) {
	for _, v := range []string{"", "0", "00000000", "zz"} {
		if got := request(t, "GET", "/assets/app.js?v="+v).Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("v=%s: Cache-Control %q, want no-cache", v, got)
		}
	}
}

func TestConditionalRequest(t *testing.T) {
	for _, encoding := range []string{"identity", "gzip"} {
		first := request(t, "GET", "/assets/app.js", "Accept-Encoding: "+encoding)
		tag := first.Header.Get("ETag")
		if !regexp.MustCompile(`^"[0-9a-f]{64}(-gzip)?"$`).MatchString(tag) {
			t.Fatalf("%s: ETag %s, want a strong one with a hash", encoding, tag)
		}
		again := request(t, "GET", "/assets/app.js", "Accept-Encoding: "+encoding, "If-None-Match: "+tag)
		if again.StatusCode != 304 || len(body(t, again)) != 0 {
			t.Errorf("%s: same tag: %d, want 304 without a body", encoding, again.StatusCode)
		}
		other := request(t, "GET", "/assets/app.js", "Accept-Encoding: "+encoding, `If-None-Match: "other"`)
		if other.StatusCode != 200 {
			t.Errorf("%s: other tag: %d, want 200", encoding, other.StatusCode)
		}
	}
}

func TestGzipIsTheSameFile(t *testing.T) {
	plain := request(t, "GET", "/assets/app.js")
	packed := request(t, "GET", "/assets/app.js", "Accept-Encoding: br, gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v, want gzip, and Vary", packed.Header)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
		t.Error("both forms have the same strong ETag")
	}
	zip, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(unpacked, body(t, plain)) {
		t.Error("the gzip form unpacks to something else")
	}
}

func TestHead(t *testing.T) {
	r := request(t, "HEAD", "/assets/app.css")
	if r.StatusCode != 200 || len(body(t, r)) != 0 || r.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d, ETag %q, want 200 with headers only", r.StatusCode, r.Header.Get("ETag"))
	}
}

func TestAcceptsGzip(t *testing.T) {
	cases := map[string]bool{
		"":                             false,
		"gzip":                         true,
		"GZIP":                         true,
		"br, gzip;q=0.5":               true,
		"gzip;q=0":                     false,
		"gzip; q=0.000, identity":      false,
		"gzip;q=x":                     false,
		"*":                            true,
		"*;q=0":                        false,
		"*, gzip;q=0":                  false,
		"identity, deflate":            false,
		"x-gzip":                       true,
		",,;=,gzip":                    true,
		"identity;q=1, *;q=0":          false,
		"deflate, gzip;q=1.0, *;q=0.5": true,
	}
	for header, want := range cases {
		if got := acceptsGzip([]string{header}); got != want {
			t.Errorf("acceptsGzip(%q) = %v, want %v", header, got, want)
		}
	}
	if acceptsGzip(nil) {
		t.Error("acceptsGzip of no header = true")
	}
}

func FuzzAcceptsGzip(f *testing.F) {
	for _, seed := range []string{"gzip", "br;q=1, *;q=0", ";;q==,", "gzip;q=1e400"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) { acceptsGzip([]string{header}) })
}

func TestContentType(t *testing.T) {
	got := map[string]string{}
	for _, name := range []string{"a.html", "a.js", "a.css", "a.svg", "a"} {
		got[name] = contentType(name)
	}
	want := map[string]string{
		"a.html": "text/html; charset=utf-8", "a.js": "text/javascript; charset=utf-8",
		"a.css": "text/css; charset=utf-8", "a.svg": "image/svg+xml", "a": "application/octet-stream",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("content types (-got +want):\n%s", diff)
	}
}

func TestMissingPagesPanic(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"no dist":  {},
		"no index": {"dist/assets/app.js": {Data: []byte("x")}},
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.HasPrefix(text, "ui: ") {
					t.Errorf("%s: recovered %q, want a message of ours", name, text)
				}
			}()
			newHandler(files)
		}()
	}
}
