package fleet

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A Publisher sends batches to a server as any client would.
type Publisher struct {
	URL    string // of the server, without path
	Client *http.Client
}

// A metric is a sample in Atlas's publish JSON.
type metric struct {
	Tags      map[string]string `json:"tags"`
	Timestamp int64             `json:"timestamp"`
	Value     float64           `json:"value"`
}

type payload struct {
	Tags    map[string]string `json:"tags"`
	Metrics []metric          `json:"metrics"`
}

// Publish sends what the fleet has for each of times: a request per node. It returns the number of points.
func (p *Publisher) Publish(ctx context.Context, f *Fleet, times ...time.Time) (points int, err error) {
	for _, n := range f.nodes {
		body := payload{Tags: n.tags()}
		for _, t := range times {
			for _, s := range f.samples(n, t) {
				body.Metrics = append(body.Metrics, metric{s.Tags, t.UnixMilli(), s.Value})
			}
		}
		if len(body.Metrics) == 0 {
			continue // the node is being deployed
		}
		if err := p.post(ctx, body); err != nil {
			return points, err
		}
		points += len(body.Metrics)
	}
	return points, nil
}

func (p *Publisher) post(ctx context.Context, body payload) error {
	var zipped bytes.Buffer
	zip, err := gzip.NewWriterLevel(&zipped, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(zip).Encode(body); err != nil {
		return err
	}
	if err := zip.Close(); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+"/api/v1/publish", &zipped)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Content-Encoding", "gzip")
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
