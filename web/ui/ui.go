package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed all:dist
var dist embed.FS

// policy allows what comes from the server itself and nothing else: no inline script or style, no frame around the
// pages, no other origin. uPlot and Preact set styles through the object model, which it does not concern.
const policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

// compressMinBytes is the size below which compressing saves less than its header costs.
const compressMinBytes = 512

// pages are the paths of the pages; all are the same file, which looks at its own address.
var pages = []string{"/", "/explore", "/alerts", "/reference"}

// Handler serves the pages. It answers GET and HEAD for the pages, /assets/... and /favicon.ico, 405 for other methods and 404 for other
// paths.
//
// Files carry a strong ETag made from their content. A link that names the version it wants (?v= with the head of the
// content hash, as those in index.html do) is answered for ever; everything else is revalidated on each use.
// Compressed forms are made here, once.
func Handler() http.Handler {
	return newHandler(dist)
}

// newHandler reads the folder dist of files. It panics when that is not readable or holds no index.html, as it is part
// of the program.
func newHandler(files fs.FS) http.Handler {
	h := handler{}
	err := fs.WalkDir(files, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		h[strings.TrimPrefix(name, "dist")] = newFile(name, body)
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("ui: reading the embedded pages: %v", err))
	}
	index, ok := h["/index.html"]
	if !ok {
		panic("ui: the embedded pages have no index.html: run npm run build in web/ui")
	}
	delete(h, "/index.html")
	for _, page := range pages {
		h[page] = index
	}
	// Browsers ask for it beside a picture that they show as a page.
	h["/favicon.ico"] = h["/assets/icon.svg"]
	return h
}

// handler maps URL paths to what they serve.
type handler map[string]file

// file is one answer in both its forms.
type file struct {
	contentType string
	hash        string // of plain: lower-case hex SHA-256
	plain       []byte
	gzipped     []byte // nil if it is not smaller
}

func newFile(name string, body []byte) file {
	sum := sha256.Sum256(body)
	f := file{contentType: contentType(name), hash: hex.EncodeToString(sum[:]), plain: body}
	if len(body) < compressMinBytes {
		return f
	}
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(fmt.Sprintf("ui: gzip refuses its own level: %v", err))
	}
	// Writing to a bytes.Buffer does not fail.
	zip.Write(body)
	zip.Close()
	if out.Len() < len(body) {
		f.gzipped = out.Bytes()
	}
	return f
}

// contentType goes by the extension. The types that matter are spelled out, because mime reads the machine's own list.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := h[r.URL.Path]
	if !ok {
		http.Error(w, fmt.Sprintf("no page at %s; there is %s", r.URL.Path, strings.Join(pages[1:], ", ")), http.StatusNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed: GET", http.StatusMethodNotAllowed)
		return
	}
	f.serve(w, r)
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.contentType)
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", f.cacheControl(r.URL.Query().Get("v")))
	body, tag := f.plain, f.hash
	if f.gzipped != nil {
		header.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			// A strong tag stands for bytes, so each form has its own.
			body, tag = f.gzipped, f.hash+"-gzip"
			header.Set("Content-Encoding", "gzip")
		}
	}
	header.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// versionMinDigits is how much of the hash a link must name to count as naming it.
const versionMinDigits = 8

func (f file) cacheControl(version string) string {
	if len(version) >= versionMinDigits && strings.HasPrefix(f.hash, version) {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}
