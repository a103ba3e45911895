package api

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"net/url"
	"strings"
	"testing"
)

// graphTarget returns a request for a graph of the fleet.
func graphTarget(params string) string {
	return "/api/v1/graph?s=1795348800000&e=1795359600000&tz=UTC&" + params
}

func TestGraphPictures(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	const browserAgent = "Mozilla/5.0 (X11; Linux x86_64)"
	for _, c := range []struct {
		name, params, agent string
		status              int
		contentType         string
		width, height       int // of a PNG
	}{
		{"the default format", "q=name,lab.sine,:eq", "", 200, "image/png", 788, 429},
		{"a size", "q=1&w=400&h=100&no_legend=1", "", 200, "image/png", 488, 129},
		{"the least size", "q=1&w=1&h=1&layout=image", "", 200, "image/png", 64, 69},
		{"a size beyond the limit", "q=1&w=100000&h=100000&no_legend=1&layout=image", "", 200, "image/png", 2000, 1005},
		{"no width", "q=1&w=0", browserAgent, 400, "application/json", 0, 0},
		{"a negative height", "q=1&h=-5", browserAgent, 400, "application/json", 0, 0},
		{"no zoom", "q=1&zoom=0", "", 400, "application/json", 0, 0},
		{"an unknown zone", "q=1&tz=Mars/Base", browserAgent, 400, "application/json", 0, 0},
		{"an unknown word", "q=:foo", "", 400, "application/json", 0, 0},
		{"an unknown word in a browser", "q=:foo&w=300&h=100", browserAgent, 200, "image/png", 300, 100},
		{"a mistake of a setting in a browser", "q=1&palette=rainbow&w=5000&h=50", browserAgent, 200, "image/png", 2000, 50},
		{"an error in another format", "q=:foo&format=json", browserAgent, 400, "application/json", 0, 0},
		{"nothing to draw", "q=", "", 500, "application/json", 0, 0},
		{"nothing to draw in a browser", "q=&w=200&h=80", browserAgent, 200, "image/png", 200, 80},
		{"ten years", "q=1&s=2016-01-01&e=2026-01-01", "", 200, "image/png", 788, 429},
		{"SVG", "q=name,lab.sine,:eq&format=svg", "", 200, "image/svg+xml", 0, 0},
	} {
		r := server.send(t, exchange{method: "GET", target: graphTarget(c.params), headers: map[string]string{"User-Agent": c.agent}})
		if r.status != c.status || media(r.header.Get("Content-Type")) != c.contentType {
			t.Errorf("%s: %d %s, want %d %s: %.200s", c.name, r.status, r.header.Get("Content-Type"), c.status, c.contentType, r.body)
			continue
		}
		switch c.contentType {
		case "image/png":
			config, err := png.DecodeConfig(bytes.NewReader(r.body))
			if err != nil || config.Width != c.width || config.Height != c.height {
				t.Errorf("%s: %d × %d pixels, error %v; want %d × %d", c.name, config.Width, config.Height, err, c.width, c.height)
			}
		case "image/svg+xml":
			checkXML(t, c.name, r.body)
		}
	}
}

func checkXML(t *testing.T, name string, body []byte) {
	t.Helper()
	parser := xml.NewDecoder(bytes.NewReader(body))
	for {
		if _, err := parser.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

// TestGraphImage looks for the picture inside of v2.json.
func TestGraphImage(t *testing.T) {
	server := newTestServer(t, testConfig(newFleetDB(t)))
	q := "q=" + url.QueryEscape("name,sys.load,:eq,(,nf.node,),:by,:heatmap") + "&format=v2.json"
	with := server.send(t, exchange{method: "GET", target: graphTarget(q)})
	without := server.send(t, exchange{method: "GET", target: graphTarget(q + "&hints=no-image")})
	if !strings.HasPrefix(string(with.body), `[{"type":"graph-image","data":"data:image/png;base64,iVBOR`) {
		t.Errorf("with image: %.100s", with.body)
	}
	if !strings.HasPrefix(string(without.body), `[{"type":"graph-metadata"`) {
		t.Errorf("without image: %.100s", without.body)
	}
	if !strings.Contains(string(without.body), `{"type":"heatmap","plot":0,"colorScale":"LINEAR"`) {
		t.Errorf("no heatmap in %.2000s", without.body)
	}
}
