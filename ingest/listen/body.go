package listen

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

var (
	// errTooLarge reports a body past the limit, as it was sent or unzipped.
	errTooLarge = errors.New("body too large")
	// errBusy reports that other requests hold all the memory there is for bodies.
	errBusy = errors.New("server busy")
)

// A body is a request body with nothing left to undo, and the buffers that hold it.
type body struct {
	text    []byte
	buffers [3]*buffer // as sent, unzipped, unzipped once more; nil where not used
}

// A buffer is a slice that can be put in a pool without allocating.
type buffer struct{ bytes []byte }

// bodyPools keeps buffers and gunzippers from one request to the next.
type bodyPools struct {
	buffers    sync.Pool // of *buffer
	gunzippers sync.Pool // of *gunzipper
}

const (
	// firstBuffer is the size a buffer starts with. It grows as bytes arrive, whatever length was announced, so
	// that a client that announces much and sends little holds little.
	firstBuffer = 32 << 10
	// maxKeptBuffer is the largest buffer that goes back to the pool: what most clients need.
	maxKeptBuffer = 2 << 20
)

func (p *bodyPools) buffer() *buffer {
	if b, ok := p.buffers.Get().(*buffer); ok {
		return b
	}
	return &buffer{make([]byte, 0, firstBuffer)}
}

// free gives the buffers of b back; b.text is gone with them.
func (b *body) free(pools *bodyPools) {
	for _, one := range b.buffers {
		if one != nil && cap(one.bytes) <= maxKeptBuffer {
			pools.buffers.Put(one)
		}
	}
}

// readBody reads the body of r and undoes its compression: what Content-Encoding names and then what
// the body itself shows, for some clients zip and do not say so. The memory is taken from held. The
// body must be freed, after an error too.
func (h *Publish) readBody(r *http.Request, held *holding) (b body, err error) {
	if r.ContentLength > int64(h.maxBodyBytes) {
		return b, tooLarge(h.maxBodyBytes)
	}
	coding := strings.ToLower(r.Header.Get("Content-Encoding"))
	switch coding {
	case "", "identity", "gzip", "deflate":
	default:
		return b, fmt.Errorf("Content-Encoding %s is not supported: use gzip, deflate or none", coding)
	}
	b.buffers[0] = h.bodies.buffer()
	if b.text, err = h.read(r.Body, b.buffers[0], held); err != nil {
		return b, err
	}
	switch coding {
	case "gzip":
		b.buffers[1] = h.bodies.buffer()
		b.text, err = h.gunzip(b.text, b.buffers[1], held)
	case "deflate":
		b.buffers[1] = h.bodies.buffer()
		b.text, err = h.inflate(b.text, b.buffers[1], held)
	}
	if err == nil && bytes.HasPrefix(b.text, []byte{0x1f, 0x8b}) {
		b.buffers[2] = h.bodies.buffer()
		b.text, err = h.gunzip(b.text, b.buffers[2], held)
	}
	return b, err
}

// read reads all of r into b, up to the limit of a body.
func (h *Publish) read(r io.Reader, b *buffer, held *holding) ([]byte, error) {
	b.bytes = b.bytes[:0]
	if !held.take(cap(b.bytes)) {
		return nil, h.busy()
	}
	for {
		if len(b.bytes) == cap(b.bytes) {
			size := min(2*cap(b.bytes), h.maxBodyBytes+1) // one more, to see that there is more
			if !held.take(size - cap(b.bytes)) {
				return nil, h.busy()
			}
			b.bytes = append(make([]byte, 0, size), b.bytes...)
		}
		n, err := r.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		switch {
		case len(b.bytes) > h.maxBodyBytes:
			return nil, tooLarge(h.maxBodyBytes)
		case err == io.EOF:
			return b.bytes, nil
		case err != nil:
			return nil, fmt.Errorf("body after %d bytes: %w", len(b.bytes), err)
		}
	}
}

// A gunzipper is a gzip reader with its input, so that neither is made anew.
type gunzipper struct {
	reader gzip.Reader
	input  bytes.Reader
}

// gunzip unzips zipped into b.
func (h *Publish) gunzip(zipped []byte, b *buffer, held *holding) ([]byte, error) {
	g, ok := h.bodies.gunzippers.Get().(*gunzipper)
	if !ok {
		g = new(gunzipper)
	}
	defer h.bodies.gunzippers.Put(g)
	g.input.Reset(zipped)
	defer g.input.Reset(nil)
	if err := g.reader.Reset(&g.input); err != nil {
		return nil, fmt.Errorf("body is not in gzip format: %w", err)
	}
	return h.read(&g.reader, b, held)
}

// inflate undoes "deflate", which by the book is zlib and by habit also bare deflate.
func (h *Publish) inflate(zipped []byte, b *buffer, held *holding) ([]byte, error) {
	if len(zipped) >= 2 && zipped[0]&0x0f == 8 && (int(zipped[0])<<8|int(zipped[1]))%31 == 0 {
		reader, err := zlib.NewReader(bytes.NewReader(zipped))
		if err != nil {
			return nil, fmt.Errorf("body is not in zlib format: %w", err)
		}
		return h.read(reader, b, held)
	}
	return h.read(flate.NewReader(bytes.NewReader(zipped)), b, held)
}

func tooLarge(limit int) error {
	return fmt.Errorf("%w: more than %s, as sent or unzipped; send several requests", errTooLarge, sizeText(int64(limit)))
}

func (h *Publish) busy() error {
	return fmt.Errorf("%w: requests hold the %s there are for bodies; try again", errBusy, sizeText(h.held.limit))
}

// sizeText returns a number of bytes as people write it.
func sizeText(bytes int64) string {
	if bytes >= 1<<20 && bytes%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// drain reads on for a while after a body was refused, so that a client that writes before it reads gets to
// see the answer.
func drain(r io.Reader, limit int) {
	io.CopyN(io.Discard, r, int64(limit))
}
