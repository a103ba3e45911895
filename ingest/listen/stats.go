package listen

import (
	"net/http"
	"sync/atomic"
)

// Stats counts what a Publish handler did since it was made.
type Stats struct {
	// Requests by the status of the answer.
	OK, Partial, BadRequest, NotAllowed, TooLarge, Unavailable uint64
	// BodyBytes is the sum of the sizes of all bodies that were read, unzipped.
	BodyBytes uint64
	// HeldBytes is the memory that bodies take right now.
	HeldBytes int64
}

type counters struct {
	ok, partial, badRequest, notAllowed, tooLarge, unavailable atomic.Uint64

	bodyBytes atomic.Uint64
}

func (c *counters) add(status int) {
	switch status {
	case http.StatusOK:
		c.ok.Add(1)
	case http.StatusAccepted:
		c.partial.Add(1)
	case http.StatusMethodNotAllowed:
		c.notAllowed.Add(1)
	case http.StatusRequestEntityTooLarge:
		c.tooLarge.Add(1)
	case http.StatusServiceUnavailable:
		c.unavailable.Add(1)
	default:
		c.badRequest.Add(1)
	}
}

// Stats returns the counts so far. They are read one by one: a request that ends meanwhile may be in
// some of them only.
func (h *Publish) Stats() Stats {
	return Stats{
		OK:          h.counts.ok.Load(),
		Partial:     h.counts.partial.Load(),
		BadRequest:  h.counts.badRequest.Load(),
		NotAllowed:  h.counts.notAllowed.Load(),
		TooLarge:    h.counts.tooLarge.Load(),
		Unavailable: h.counts.unavailable.Load(),
		BodyBytes:   h.counts.bodyBytes.Load(),
		HeldBytes:   h.held.used.Load(),
	}
}
