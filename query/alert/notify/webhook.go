package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Bounds of what is read of an answer: some of it goes into the error, and a little more is read so that the
// connection can be used again.
const (
	maxExcerptBytes = 300
	maxAnswerBytes  = 64 << 10
)

// A Webhook posts JSON to URLs. One serves any number of receivers, from any number of goroutines.
type Webhook struct{ client http.Client }

// NewWebhook returns a Webhook with its own connections.
func NewWebhook() *Webhook {
	return &Webhook{http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			ForceAttemptHTTP2:      true,
		},
		// An event may tell of secrets in its labels: it goes where the rules file says and nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close closes the idle connections.
func (w *Webhook) Close() { w.client.CloseIdleConnections() }

// Post makes one attempt to deliver body to address. It returns nil for an answer of 2xx, which means that the
// receiver has taken charge of it. Errors name the host but not the path or the user, which may be secret.
// The context bounds the attempt down to the last byte of the answer.
func (w *Webhook) Post(ctx context.Context, address string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("webhook: %w", withoutURL(err))
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "telamon")
	host := request.URL.Host
	answer, err := w.client.Do(request)
	if err != nil {
		return fmt.Errorf("webhook %s: %w", host, withoutURL(err))
	}
	defer answer.Body.Close()
	excerpt := readAnswer(answer.Body)
	switch {
	case answer.StatusCode/100 == 3:
		return fmt.Errorf("webhook %s: answered %s: redirects are not followed, put the final address into the rules file", host, answer.Status)
	case answer.StatusCode/100 != 2:
		return fmt.Errorf("webhook %s: answered %s%s", host, answer.Status, excerpt)
	}
	return nil
}

// readAnswer reads a bounded part of body and returns the start of it, made printable, behind a colon.
// A body that breaks off changes nothing: the status has said all there is to know.
func readAnswer(body io.Reader) (excerpt string) {
	start := make([]byte, maxExcerptBytes)
	n, err := io.ReadFull(body, start)
	if err == nil {
		_, _ = io.CopyN(io.Discard, body, maxAnswerBytes)
	}
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(start[:n]), "")), " ")
	if text == "" {
		return ""
	}
	return ": " + text
}

// withoutURL returns what went wrong without the address that net/http puts in front.
func withoutURL(err error) error {
	var located *url.Error
	if errors.As(err, &located) {
		return located.Err
	}
	return err
}
