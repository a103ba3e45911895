package edge

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// Compress encodes answers as the client asks for, at the fastest level. Pictures and errors stay as they are.
//
// Of identity, gzip and deflate the one with the highest q-value counts, the first of equals; a coding
// that Accept-Encoding does not name has none. A client that refuses all three is answered 400.
func Compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		coding, ok := chooseCoding(r.Header.Values("Accept-Encoding"))
		switch {
		case !ok:
			refuse(w, http.StatusBadRequest, "UnacceptedResponseEncodingRejection(Set(identity, gzip, deflate))")
		case coding == "identity":
			next.ServeHTTP(w, r)
		default:
			cw := &compressingWriter{ResponseWriter: w, coding: coding}
			defer cw.close()
			next.ServeHTTP(cw, r)
		}
	})
}

// chooseCoding returns the coding for an Accept-Encoding header, and false where all are refused.
func chooseCoding(header []string) (coding string, ok bool) {
	accepted := strings.TrimSpace(strings.Join(header, ","))
	if accepted == "" {
		return "identity", true
	}
	best, bestQ, refused := "", 0.0, map[string]bool{}
	q := map[string]float64{}
	for entry := range strings.SplitSeq(accepted, ",") {
		name, weight := parseCoding(entry)
		if weight == 0 {
			refused[name] = true
		}
		q[name] = weight
	}
	for _, candidate := range []string{"identity", "gzip", "deflate"} {
		weight, named := q[candidate]
		if !named {
			weight = q["*"]
		}
		if weight > bestQ {
			best, bestQ = candidate, weight
		}
	}
	if best != "" {
		return best, true
	}
	// Nothing we have is wanted; identity will do unless the client says that it will not.
	return "identity", !refused["identity"] && !refused["*"]
}

// parseCoding splits "gzip;q=0.5". A weight that is not a number counts as 1.
func parseCoding(entry string) (name string, q float64) {
	name, params, _ := strings.Cut(entry, ";")
	name, q = strings.ToLower(strings.TrimSpace(name)), 1
	for param := range strings.SplitSeq(params, ";") {
		if text, isQ := strings.CutPrefix(strings.TrimSpace(param), "q="); isQ {
			if parsed, err := strconv.ParseFloat(text, 64); err == nil {
				q = parsed
			}
		}
	}
	return name, q
}

// A compressingWriter encodes the body, once the headers show that it is text.
type compressingWriter struct {
	http.ResponseWriter
	coding  string
	encoder encoder // nil before the headers are written, and where the body stays as it is
	started bool
}

// An encoder is what gzip.Writer and zlib.Writer have in common.
type encoder interface {
	io.WriteCloser
	Reset(io.Writer)
	Flush() error
}

// Encoders hold some 800 kB each, so they are kept for the next answer.
var encoders = map[string]*sync.Pool{
	"gzip": {New: func() any {
		w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
		return w
	}},
	"deflate": {New: func() any {
		w, _ := zlib.NewWriterLevel(nil, zlib.BestSpeed)
		return w
	}},
}

func (w *compressingWriter) WriteHeader(status int) {
	if !w.started {
		w.started = true
		h := w.Header()
		hasBody := status != http.StatusNoContent && status < http.StatusMultipleChoices
		if hasBody && h.Get("Content-Encoding") == "" && isText(h.Get("Content-Type")) {
			h.Set("Content-Encoding", w.coding)
			h.Del("Content-Length")
			w.encoder = encoders[w.coding].Get().(encoder)
			w.encoder.Reset(w.ResponseWriter)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func isText(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.HasPrefix(contentType, "application/json") ||
		strings.HasPrefix(contentType, "image/svg")
}

func (w *compressingWriter) Write(b []byte) (int, error) {
	if !w.started {
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", http.DetectContentType(b))
		}
		w.WriteHeader(http.StatusOK)
	}
	if w.encoder == nil {
		return w.ResponseWriter.Write(b)
	}
	return w.encoder.Write(b)
}

// Flush sends what was written so far, for streams.
func (w *compressingWriter) Flush() {
	if w.encoder != nil && w.encoder.Flush() != nil {
		return // the connection is gone; the next Write says so
	}
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap lets http.ResponseController reach what is below.
func (w *compressingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *compressingWriter) close() {
	if w.encoder == nil {
		return
	}
	// An error means that the client has gone; there is nobody to tell.
	_ = w.encoder.Close()
	encoders[w.coding].Put(w.encoder)
}
