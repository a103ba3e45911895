package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"
)

// A Publisher sends what a fleet has to a server, as any client would.
type Publisher struct {
	URL    string // of the server, without path
	Client *http.Client

	body []byte // reused from request to request
}

// Publish sends what the fleet has for each of times: a request per node, in Atlas's publish JSON. It
// returns the number of points.
func (p *Publisher) Publish(ctx context.Context, f *Fleet, times ...time.Time) (points int, err error) {
	for _, n := range f.nodes {
		count := p.encode(f, n, times)
		if count == 0 {
			continue // the node is being deployed
		}
		if err := p.post(ctx); err != nil {
			return points, err
		}
		points += count
	}
	return points, nil
}

// encode writes the body for one node and returns the number of points in it.
func (p *Publisher) encode(f *Fleet, n node, times []time.Time) (points int) {
	p.body = append(p.body[:0], `{"tags":`...)
	p.body = append(p.body, n.tags()...)
	p.body = append(p.body, `,"metrics":[`...)
	for _, t := range times {
		for i, v := range f.values(n, t) {
			if math.IsNaN(v) {
				continue
			}
			if points > 0 {
				p.body = append(p.body, ',')
			}
			p.body = append(p.body, `{"tags":`...)
			p.body = append(p.body, f.series[i]...)
			p.body = append(p.body, `,"timestamp":`...)
			p.body = strconv.AppendInt(p.body, t.UnixMilli(), 10)
			p.body = append(p.body, `,"value":`...)
			p.body = strconv.AppendFloat(p.body, v, 'g', -1, 64)
			p.body = append(p.body, '}')
			points++
		}
	}
	p.body = append(p.body, "]}"...)
	return points
}

// object returns a map as a JSON object.
func object(m map[string]string) string {
	text, err := json.Marshal(m)
	if err != nil {
		panic("fleet: tags that are not JSON: " + err.Error())
	}
	return string(text)
}

func (p *Publisher) post(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/api/v1/publish", bytes.NewReader(p.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.Client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("publish: %s: %s", resp.Status, answer)
	}
	return nil
}
