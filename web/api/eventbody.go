package api

import (
	"encoding/base64"
	"io"
	"strings"
)

// An eventBody puts a document into an event as it is written: JSON as it is, text as a string of JSON, a picture as base64.
// Until the first byte comes nothing is written, since the document may yet become an error.
type eventBody struct {
	w               *responseWriter
	id, contentType string
	encoded         io.WriteCloser // of a picture
	begun           bool
}

// begin writes what stands before the document.
func (b *eventBody) begin() {
	if b.begun {
		return
	}
	b.begun = true
	b.w.text(`{"type":"graph","id":`)
	b.w.string(b.id)
	b.w.key("contentType", false)
	b.w.string(b.contentType)
	switch {
	case b.isJSON():
		b.w.key("body", false)
	case b.isText():
		b.w.key("text", false)
		b.w.text(`"`)
	default:
		b.w.key("base64", false)
		b.w.text(`"`)
		b.encoded = base64.NewEncoder(base64.StdEncoding, responseBytes{b.w})
	}
}

func (b *eventBody) isJSON() bool { return b.contentType == "application/json" }

func (b *eventBody) isText() bool {
	return strings.HasPrefix(b.contentType, "text/") || b.contentType == "image/svg+xml"
}

// Write implements io.Writer. A text comes in pieces that end between two characters.
func (b *eventBody) Write(p []byte) (int, error) {
	b.begin()
	switch {
	case b.isJSON():
		b.w.bytes(p)
	case b.isText():
		for line := range strings.Lines(string(p)) {
			b.w.room()
			quoted := appendJSONString(nil, line)
			b.w.bytes(quoted[1 : len(quoted)-1])
		}
	default:
		_, _ = b.encoded.Write(p) // the response remembers its error
	}
	return len(p), b.w.err
}

// close writes what stands behind the document.
func (b *eventBody) close() {
	b.begin()
	if b.encoded != nil {
		_ = b.encoded.Close()
	}
	if !b.isJSON() {
		b.w.text(`"`)
	}
	b.w.text("}")
}

// responseBytes is a responseWriter as an io.Writer.
type responseBytes struct{ w *responseWriter }

func (r responseBytes) Write(p []byte) (int, error) {
	r.w.bytes(p)
	return len(p), r.w.err
}
