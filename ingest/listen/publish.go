package listen

import (
	"errors"
	"net/http"
	"sync"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/atlasjson"
)

// Config sets up a Publish handler.
type Config struct {
	// Pipeline takes the samples. It is the one field that must be set.
	Pipeline *ingest.Pipeline
	// MaxBodyBytes bounds a body, as it was sent and as it is unzipped. 8 MiB if zero; 1 GiB at most.
	MaxBodyBytes int
	// MaxHeldBytes bounds the bodies that are held at one time, zipped and unzipped. 256 MiB if zero.
	MaxHeldBytes int64
}

// Publish is the handler of POST requests to the publish end point, whatever its path. Whoever mounts it adds
// CORS, names the end point, answers OPTIONS, and sets deadlines for bodies.
type Publish struct {
	pipeline     *ingest.Pipeline
	maxBodyBytes int
	held         budget
	decoders     sync.Pool // of *atlasjson.Decoder
	bodies       bodyPools
	counts       counters
}

// NewPublish returns a handler that feeds config.Pipeline.
func NewPublish(config Config) *Publish {
	if config.MaxBodyBytes == 0 {
		config.MaxBodyBytes = 8 << 20
	}
	if config.MaxHeldBytes == 0 {
		config.MaxHeldBytes = 256 << 20
	}
	memo := config.Pipeline.Memo()
	return &Publish{
		pipeline:     config.Pipeline,
		maxBodyBytes: min(config.MaxBodyBytes, 1<<30),
		held:         budget{limit: config.MaxHeldBytes},
		decoders:     sync.Pool{New: func() any { return &atlasjson.Decoder{Memo: memo} }},
	}
}

// smile is a binary form of JSON that some clients of Atlas send.
const smile = "application/x-jackson-smile"

// ServeHTTP answers one publish request.
func (h *Publish) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := h.answer(w, r)
	h.counts.add(a.status)
	a.write(w)
}

// answer takes the request in and says what came of it.
func (h *Publish) answer(w http.ResponseWriter, r *http.Request) answer {
	if r.Method != http.MethodPost {
		return failure(http.StatusMethodNotAllowed, "method not allowed: POST")
	}
	if r.Header.Get("Content-Type") == smile {
		return failure(http.StatusBadRequest, "Smile is not read here: send JSON, with any other Content-Type than "+smile)
	}
	held := holding{budget: &h.held}
	defer held.release()
	body, err := h.readBody(r, &held)
	defer body.free(&h.bodies)
	if err != nil {
		return h.bodyFailure(r, err)
	}
	h.counts.bodyBytes.Add(uint64(len(body.text)))

	decoder := h.decoders.Get().(*atlasjson.Decoder)
	defer func() {
		decoder.Reset() // the body is not its own
		h.decoders.Put(decoder)
	}()
	if err := decoder.Decode(body.text); err != nil {
		return failure(http.StatusBadRequest, err.Error())
	}
	if decoder.Len() == 0 {
		return failure(http.StatusBadRequest, "empty payload")
	}
	report, err := h.pipeline.Publish(r.Context(), decoder)
	if err != nil {
		// Nothing was stored: the log is full or closed, or the client went away while it waited.
		return unavailable(err.Error())
	}
	return reported(&report)
}

// bodyFailure answers a body that could not be read. A client that is gone will not see it.
func (h *Publish) bodyFailure(r *http.Request, err error) answer {
	switch {
	case errors.Is(err, errTooLarge):
		drain(r.Body, 2*h.maxBodyBytes)
		return failure(http.StatusRequestEntityTooLarge, err.Error())
	case errors.Is(err, errBusy):
		return unavailable(err.Error())
	default:
		return failure(http.StatusBadRequest, err.Error())
	}
}
