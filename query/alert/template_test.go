package alert

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func TestRender(t *testing.T) {
	labels := mergeLabels(tag.New("nf.app", "www", "nf.zone", "a", "sev", "low"), map[string]string{"sev": "page"})
	data := templateData(labels, 1234567.25, math.NaN())
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"plain", "plain"},
		{"{{ .Labels.nf_app }} {{ .Labels.sev }}: {{ .Value }}, {{ .Signal }}", "www page: 1234567.25, NaN"},
		{`{{ printf "%.1f" .Value }}`, "1234567.2"},
		{`{{ .Labels.nf_app | printf "<%-5s>" }}`, "<www  >"},
		{`{{ if gt .Value 5.0 }}high{{ else }}low{{ end }}`, "high"},
		{"{{ range $k, $v := .Labels }}{{ $k }}={{ $v }} {{ end }}", "nf_app=www nf_zone=a sev=page "},
		{`{{ index .Labels "no-such" }}.`, "."},
		{"{{ with .Labels }}{{ .nf_app }} {{ $.Labels.sev }}{{ end }}", "www page"},
		{"{{ .Labels.pod }}", `{{ .Labels.pod }} [annotation:1:10: executing "annotation" at <.Labels.pod>: map has no entry for key "pod"]`},
	} {
		template, err := ParseTemplate(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := template.Render(data); got != c.want {
			t.Errorf("%s: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestDotsInLabels(t *testing.T) {
	data := templateData(map[string]string{"a.b": "dot", "a_b": "underscore", "c.d": "x"}, 0, 0)
	if data.Labels["a_b"] != "underscore" || data.Labels["c_d"] != "x" || len(data.Labels) != 2 {
		t.Errorf("got %v", data.Labels)
	}
}

func TestTemplatesThatCouldRunLong(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{{ range 1000000000 }}{{ end }}", "range goes over .Labels"},
		{"{{ range .Labels }}{{ range $.Labels }}{{ end }}{{ end }}", "not inside another"},
		{"{{ if .Value }}{{ range $x := .Value }}{{ end }}{{ end }}", "range goes over .Labels"},
		{`{{ define "a" }}{{ end }}`, "define and block are not available"},
		{`{{ template "a" }}`, "template is not available"},
		{`{{ print "a" }}`, `function "print" is not available`},
		{`{{ with (js "a") }}{{ end }}`, `function "js" is not available`},
		{`{{ (printf .Labels.x).y }}`, "printf wants its format written out"},
		{`{{ .Labels.x | printf }}`, "printf wants its format written out"},
		{`{{ printf "%1000000d" 1 }}`, "widths have at most two digits"},
		{`{{ printf "%*d" 1000000 1 }}`, "widths have at most two digits"},
		{"{{ .Lables.app }}", "there is no .Lables in annotations: there are .Labels, .Value and .Signal"},
		{"{{ $.value }}", "there is no .value"},
		{"{{ with .Labels }}{{ .app }}{{ else }}{{ .app }}{{ end }}", "there is no .app"},
		{`{{ printf "%v" (index .Label "a") }}`, "there is no .Label "},
		{strings.Repeat("x", maxTemplateBytes+1), "the limit is 4096"},
	} {
		if _, err := ParseTemplate(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: got error %v, want one with %q", c.text, err, c.want)
		}
	}
}

func TestRenderIsBounded(t *testing.T) {
	doubling := `{{ $a := "0123456789" }}` + strings.Repeat(`{{ $a = printf "%s%s" $a $a }}`, 100) + "{{ $a }}{{ $a }}"
	template, err := ParseTemplate(doubling)
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	got := template.Render(TemplateData{})
	if len(got) > maxRenderedBytes+len("…") || !strings.HasSuffix(got, "…") {
		t.Errorf("got %d bytes that end in %q, want a cut text", len(got), got[max(0, len(got)-5):])
	}
	if d := time.Since(begin); d > time.Second {
		t.Errorf("took %v", d)
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		n          float64
		text, json string
	}{
		{12.5, "12.5", "12.5"},
		{1e6, "1000000", "1e+06"},
		{-0.001, "-0.001", "-0.001"},
		{1e18, "1e+18", "1e+18"},
		{0, "0", "0"},
		{math.NaN(), "NaN", "null"},
		{math.Inf(1), "+Inf", "1.7976931348623157e+308"},
		{math.Inf(-1), "-Inf", "-1.7976931348623157e+308"},
	} {
		if got := Number(c.n).String(); got != c.text {
			t.Errorf("%v prints as %q, want %q", c.n, got, c.text)
		}
		b, err := json.Marshal(Number(c.n))
		if err != nil || string(b) != c.json {
			t.Errorf("%v is %s in JSON (%v), want %s", c.n, b, err, c.json)
		}
		var back Number
		if err := json.Unmarshal(b, &back); err != nil || !math.IsInf(c.n, 0) && float64(back) != c.n && !math.IsNaN(c.n) {
			t.Errorf("%s came back as %v, %v", b, back, err)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("errors on {{ .Labels.nf_app }}: {{ .Value }}")
	f.Add(`{{ range $k, $v := .Labels }}{{ if eq $k "a" }}{{ break }}{{ end }}{{ printf "%q" $v }}{{ end }}`)
	f.Add(`{{ with $x := .Value }}{{ $x = 3 }}{{ else with .Signal }}{{ end }}`)
	data := templateData(map[string]string{"a": "1", "b.c": "2"}, 1, 2)
	f.Fuzz(func(t *testing.T, text string) {
		template, err := ParseTemplate(text)
		if err != nil {
			return
		}
		if got := template.Render(data); len(got) > 3*maxRenderedBytes {
			t.Fatalf("%d bytes", len(got))
		}
	})
}
