package listen

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/telamon-tsdb/telamon/ingest"
)

// An answer is the status and the document of a response; the document may be nil.
type answer struct {
	status   int
	document any
}

// errorDocument is Atlas's answer to a request that failed as a whole.
type errorDocument struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// reportDocument is Atlas's answer to a request of which samples were refused. The same name as
// above holds an array here.
type reportDocument struct {
	Type       string   `json:"type"`
	ErrorCount int      `json:"errorCount"`
	Message    []string `json:"message"`
}

func failure(status int, message string) answer {
	return answer{status, errorDocument{"error", message}}
}

// unavailable asks the client to try again.
func unavailable(message string) answer {
	return failure(http.StatusServiceUnavailable, message)
}

// reported answers a request that was taken in.
func reported(r *ingest.Report) answer {
	switch {
	case r.Refused == 0:
		return answer{status: http.StatusOK}
	case r.Stored() > 0:
		return answer{http.StatusAccepted, reportDocument{"partial", r.Refused, r.Messages}}
	default:
		return answer{http.StatusBadRequest, reportDocument{"error", r.Refused, r.Messages}}
	}
}

// write sends a. Its errors are the client's: it is gone.
func (a answer) write(w http.ResponseWriter) {
	if a.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if a.document == nil {
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(a.status)
		return
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(a.document); err != nil {
		panic("listen: a document of strings and a number does not encode: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(text.Len()))
	w.WriteHeader(a.status)
	w.Write(text.Bytes())
}
