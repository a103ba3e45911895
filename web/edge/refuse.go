package edge

import (
	"encoding/json"
	"net/http"
)

// refuse answers with an error document in Atlas's form.
func refuse(w http.ResponseWriter, status int, message string) {
	body, err := json.Marshal(struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	}{"error", message})
	if err != nil {
		panic("edge: an answer that is not JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a failed write means that the client has gone
}
