package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/gin-gonic/gin"
)

// readBody decodes the JSON body of a request into v. A property that v has not is an error that names it;
// a body of more than limit bytes is 413.
func readBody(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	if err == nil {
		if _, err = decoder.Token(); err == nil {
			err = errors.New("there is more behind the document")
		}
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, io.EOF) && decoder.InputOffset() > 0:
		return nil
	case errors.As(err, &tooLarge):
		return &statusError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes", tooLarge.Limit)}
	case errors.Is(err, io.EOF):
		return &statusError{http.StatusBadRequest, "the body is empty"}
	}
	return &statusError{http.StatusBadRequest, "the body: " + err.Error()}
}

// readBodyOutside is readBody for a handler that works in a turn: a client may take its time to send.
func readBodyOutside(c *gin.Context, limit int64, v any) (err error) {
	ended := pacedOf(c.Writer).wait(func() { err = readBody(c.Writer, c.Request, limit, v) })
	if err != nil {
		return err
	}
	return ended
}

// A statusError is a request of one of our own routes that cannot be answered.
type statusError struct {
	status  int
	message string
}

func (e *statusError) Error() string { return e.message }
