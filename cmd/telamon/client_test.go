package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/telamon-tsdb/telamon/query/alert"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A client speaks to a server as services and people do.
type client struct{ url string }

// A sample is one value of Atlas's publish JSON.
type sample struct {
	Tags  map[string]string `json:"tags"`
	Time  int64             `json:"timestamp"`
	Value number            `json:"value"`
}

// publish returns nil only if the server has answered that it stored all samples.
func (c client) publish(ctx context.Context, samples []sample) error {
	body, err := json.Marshal(map[string]any{"metrics": samples})
	if err != nil {
		return err
	}
	return c.post(ctx, body)
}

// post publishes a body that is written already, zipped or not.
func (c client) post(ctx context.Context, body []byte) error {
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

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	default:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
}

// UnmarshalJSON implements json.Unmarshaler.
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
		return g, errors.Join(fmt.Errorf("graph %s: %s", parameters.Get("q"), text), err)
	}
	return g, json.NewDecoder(resp.Body).Decode(&g)
}

// alerts asks for /api/v1/alerts.
func (c client) alerts() (s alert.Status, err error) {
	resp, err := http.Get(c.url + "/api/v1/alerts")
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	return s, json.NewDecoder(resp.Body).Decode(&s)
}

// slots are the values of series by their tags, as text, and by time. NaN is not among them.
type slots map[string]map[int64]float64

// slots reads the series that match a query in the range (start, end], each by itself.
func (c client) slots(query string, start, end, step int64) (slots, error) {
	found := slots{}
	const slotsPerRequest = 600 // a graph of 700 pixels has a point for each of so many
	for ; start < end; start += slotsPerRequest * step {
		g, err := c.graph(url.Values{
			"q":    {query + ",:all"},
			"s":    {strconv.FormatInt(start, 10)},
			"e":    {strconv.FormatInt(min(end, start+slotsPerRequest*step), 10)},
			"step": {strconv.FormatInt(step, 10) + "ms"},
		})
		if err != nil {
			return nil, err
		}
		if g.Step != step {
			return nil, fmt.Errorf("graph %s: step %d ms, want %d", query, g.Step, step)
		}
		found.add(&g)
	}
	return found, nil
}

func (s slots) add(g *graph) {
	for line, tags := range g.Metrics {
		delete(tags, "atlas.offset")
		series := s.series(tag.FromMap(tags))
		for row := range g.Values {
			if v := float64(g.Values[row][line]); v == v {
				series[g.Start+int64(row)*g.Step] = v
			}
		}
	}
}

// series returns the slots of one series, to read or to write.
func (s slots) series(tags tag.Tags) map[int64]float64 {
	key := tags.String()
	if s[key] == nil {
		s[key] = map[int64]float64{}
	}
	return s[key]
}

// after returns the slots after start, without series that have none.
func (s slots) after(start int64) slots {
	kept := slots{}
	for key, series := range s {
		for at, v := range series {
			if at <= start {
				continue
			}
			if kept[key] == nil {
				kept[key] = map[int64]float64{}
			}
			kept[key][at] = v
		}
	}
	return kept
}

// differ says where two sets of series differ in a bit; nil if nowhere.
func (s slots) differ(want slots) error {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		got := s[key]
		for at, v := range want[key] {
			if w, ok := got[at]; !ok || math.Float64bits(w) != math.Float64bits(v) {
				return fmt.Errorf("%s at %d: %v (there: %t), want %v", key, at, w, ok, v)
			}
		}
		if len(got) != len(want[key]) {
			return fmt.Errorf("%s has %d values, want %d", key, len(got), len(want[key]))
		}
	}
	for key, series := range s {
		if len(series) > 0 && want[key] == nil {
			return fmt.Errorf("%s should not be there", key)
		}
	}
	return nil
}
