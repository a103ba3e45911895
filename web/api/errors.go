package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
	"github.com/telamon-tsdb/telamon/web/chart"
)

// An errorBody is every error that the API answers. Type and Message are Atlas's; the rest is ours
// and is there for mistakes in an expression.
type errorBody struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	// Offset and Length are where in the text of q the mistake is, in bytes of UTF-8.
	Offset     *int     `json:"offset,omitempty"`
	Length     *int     `json:"length,omitempty"`
	Word       string   `json:"word,omitempty"`
	Stack      []string `json:"stack,omitempty"`
	Candidates []string `json:"candidates,omitempty"`
	Suggestion string   `json:"suggestion,omitempty"`
	// Reason names the limit that a question exceeds: too_many_lines, _datapoints, _series or _bytes.
	Reason string `json:"reason,omitempty"`
	// SuggestedStep is a step with which the same graph is likely to be answered, as the parameter step has it: "30s".
	SuggestedStep string `json:"suggestedStep,omitempty"`
}

// statusClientGone is what the log shows of a request whose client hung up; nobody receives it.
const statusClientGone = 499

// statusOf is the one table from errors to HTTP status.
func statusOf(err error) int {
	var language *stack.Error
	var budget *tsdb.BudgetError
	var setting *chart.SettingError
	var bad *badRequest
	var refused *statusError
	switch {
	case errors.As(err, &refused):
		return refused.status
	case errors.As(err, &bad):
		return bad.status
	case errors.As(err, &language), errors.As(err, &budget), errors.As(err, &setting), errors.Is(err, pattern.ErrBudget):
		return http.StatusBadRequest
	case errors.Is(err, context.Canceled):
		return statusClientGone
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, query.ErrBusy), errors.Is(err, tsdb.ErrNotLogged), errors.Is(err, tsdb.ErrClosed):
		return http.StatusServiceUnavailable
	case errors.Is(err, tsdb.ErrTooManySnapshots):
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// fail answers with err.
func fail(w http.ResponseWriter, err error) { writeJSON(w, statusOf(err), describe(err)) }

// describe returns the body for err.
func describe(err error) errorBody {
	body := errorBody{Type: "error", Message: err.Error()}
	var language *stack.Error
	if errors.As(err, &language) {
		body.Message = string(language.Kind) + ": " + language.Message
		body.Word, body.Stack = language.Word, language.Types
		body.Candidates, body.Suggestion = language.Candidates, language.Suggestion
		if language.Length > 0 {
			body.Offset, body.Length = &language.Offset, &language.Length
		}
	}
	var over *eval.LimitError
	if errors.As(err, &over) {
		body.Reason = "too_many_" + over.What
	}
	var setting *chart.SettingError
	if errors.As(err, &setting) {
		body.Message = "IllegalArgumentException: " + err.Error()
	}
	var budget *tsdb.BudgetError
	if errors.As(err, &budget) {
		body.Message = "IllegalArgumentException: requirement failed: " + budget.Error()
	}
	return body
}

// A badRequest is a mistake in the parameters of a request, in Atlas's words.
type badRequest struct {
	status  int
	kind    stack.Kind
	message string
}

func (e *badRequest) Error() string { return string(e.kind) + ": " + e.message }

func illegalArgument(message string) error {
	return &badRequest{http.StatusBadRequest, stack.IllegalArgument, message}
}

func writeError(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, errorBody{Type: "error", Message: message})
}

// writeJSON answers with v, which always encodes.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // "1025 > 1024" stays readable; nobody pastes an answer into a page
	if err := encoder.Encode(v); err != nil {
		panic("api: an answer that is not JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A failed write means that the client has gone.
	_, _ = w.Write(bytes.TrimSuffix(body.Bytes(), []byte("\n")))
}
