package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A client speaks to a server as services and people do.
type client struct{ url string }

// A sample is one value of Atlas's publish JSON.
type sample struct {
	Tags  map[string]string `json:"tags"`
	Time  int64             `json:"timestamp"`
	Value float64           `json:"value"`
}

// publish returns nil only if the server has answered that it stored all samples.
func (c client) publish(ctx context.Context, samples []sample) error {
	body, err := json.Marshal(map[string]any{"metrics": samples})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/api/v1/publish", bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	text, err := readAnswer(resp)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("publish: %s", text)
	}
	return err
}

// A graph is an answer of the format std.json. Times are milliseconds.
type graph struct {
	Start, Step int64
	Legend      []string
	Metrics     []map[string]string
	Values      [][]number // by time, then by line
}

// A number is a float64 of JSON; those that JSON cannot write are strings.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	text := string(bytes.Trim(b, `"`))
	v, err := strconv.ParseFloat(text, 64)
	*n = number(v)
	return err
}

// graph asks for /api/v1/graph with these parameters.
func (c client) graph(parameters url.Values) (g graph, err error) {
	parameters.Set("format", "std.json")
	resp, err := http.Get(c.url + "/api/v1/graph?" + parameters.Encode())
	if err != nil {
		return g, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, err := readAnswer(resp)
		return g, fmt.Errorf("graph %s: %s %w", parameters.Get("q"), text, err)
	}
	return g, json.NewDecoder(resp.Body).Decode(&g)
}

// slots are the values of series by tags, as text, and time.
type slots map[string]map[int64]float64

// slots reads every value of the series that match a query in the range (start, end] of step. Keys are the tags
// that tell the series apart.
func (c client) slots(query string, keys string, start, end, step int64) (slots, error) {
	g, err := c.graph(url.Values{
		"q":    {query + ",:sum,(," + keys + ",),:by"},
		"s":    {strconv.FormatInt(start, 10)},
		"e":    {strconv.FormatInt(end, 10)},
		"step": {strconv.FormatInt(step, 10) + "ms"},
	})
	if err != nil {
		return nil, err
	}
	found := slots{}
	for line, tags := range g.Metrics {
		delete(tags, "atlas.offset")
		series := map[int64]float64{}
		for row := range g.Values {
			if v := float64(g.Values[row][line]); v == v {
				series[g.Start+int64(row)*g.Step] = v
			}
		}
		found[tag.FromMap(tags).String()] = series
	}
	return found, nil
}
