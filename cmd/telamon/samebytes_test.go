package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/rogpeppe/go-internal/testscript"
)

// fleet publishes the golden fleet.
func (s *session) fleet(_ *testscript.TestScript, args []string) error {
	_, err := publishFleet(context.Background(), client{url: args[0]})
	return err
}

// answers asks what Atlas was asked. The first time it keeps the answers; later each must be the same, to the last byte.
func (s *session) answers(ts *testscript.TestScript, args []string) error {
	got, err := askRecorded(args[0])
	if err != nil {
		return err
	}
	fmt.Fprintf(ts.Stdout(), "%d answers\n", len(got))
	if s.answered == nil {
		s.answered = got
		return nil
	}
	var different []error
	for query, sum := range s.answered {
		if got[query] != sum {
			different = append(different, errors.New(query))
		}
	}
	if n := len(different); n > 0 {
		return fmt.Errorf("%d of %d answers differ, among them:\n%w", n, len(got), errors.Join(different[:min(n, 5)]...))
	}
	return nil
}

// askRecorded returns a hash of each answer, by the query string; the 2,485 recordings have 2,472 different ones.
func askRecorded(server string) (map[string][sha256.Size]byte, error) {
	got := make(map[string][sha256.Size]byte)
	err := eachRecorded(func(c *recordedCase) error {
		query := c.parameters().Encode()
		resp, err := http.Get(server + "/api/v1/graph?format=json&" + query)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err == nil && resp.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s\n%s", resp.Status, body)
		}
		got[query] = sha256.Sum256(body)
		return err
	})
	return got, err
}

// parameters returns the request of the recording.
func (c *recordedCase) parameters() url.Values {
	p := url.Values{}
	for name, value := range map[string]string{"q": c.Q, "s": c.S, "e": c.E, "step": c.Step, "tz": c.TZ, "cq": c.CQ} {
		if value != "" {
			p.Set(name, value)
		}
	}
	return p
}
