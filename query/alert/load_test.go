package alert

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
)

const goodFile = `
rules:
  - name: HighErrorRate
    expr: "name,http.server.errors,:eq,:sum,(,nf.app,),:by,10,:gt"
    for: 3m                       # at a 60 s step: the third
    labels: {severity: page, tier: 1}
    annotations: {summary: "errors on {{ .Labels.nf_app }}: {{ .Value }}"}
    notify: [oncall]
  - name: Quiet
    expr: >-
      name,x,:eq,
      :sum
    for: 0
receivers:
  - name: oncall
    webhook: {url: "http://127.0.0.1:9099/hook"}
  - {name: other, webhook: {url: "https://example.com/h?x=1"}}
`

func TestLoad(t *testing.T) {
	rules, err := Load([]byte(goodFile), expr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.Rules) != 2 || len(rules.Receivers) != 2 {
		t.Fatalf("got %d rules and %d receivers, want 2 and 2", len(rules.Rules), len(rules.Receivers))
	}
	high, quiet := rules.Rules[0], rules.Rules[1]
	if high.Name != "HighErrorRate" || high.For != 3*time.Minute || high.ForText != "3m" || high.Labels["tier"] != "1" ||
		high.Parsed.String() != "name,http.server.errors,:eq,:sum,(,nf.app,),:by,10.0,:const,:gt" || len(high.Notify) != 1 {
		t.Errorf("got rule %+v", high)
	}
	if quiet.Expr != "name,x,:eq, :sum" || quiet.Parsed.String() != "name,x,:eq,:sum" || quiet.For != 0 || quiet.ForText != "0s" || quiet.Notify != nil {
		t.Errorf("got rule %+v", quiet)
	}
	if to, ok := rules.Receiver("oncall"); !ok || to.Webhook.URL != "http://127.0.0.1:9099/hook" {
		t.Errorf("got receiver %+v, %v", to, ok)
	}
	got := high.Annotations["summary"].Render(TemplateData{Labels: map[string]string{"nf_app": "www"}, Value: 12.5})
	if want := "errors on www: 12.5"; got != want {
		t.Errorf("got annotation %q, want %q", got, want)
	}
}

func TestLoadEmpty(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "rules:\nreceivers: []\n"} {
		if rules, err := Load([]byte(text), expr.Options{}); err != nil || len(rules.Rules) != 0 {
			t.Errorf("Load(%q) = %+v, %v; want no rules", text, rules, err)
		}
	}
}

// TestLoadOpenings: a rules file may begin as YAML lets it.
func TestLoadOpenings(t *testing.T) {
	for _, opening := range []string{"\uFEFF", "%YAML 1.2\n---\n", "\uFEFF# rules\n%YAML 1.2\n--- # here\n", "---\n...\n---\n"} {
		for _, end := range []string{"", "...\n# that is all\n"} {
			file := opening + goodFile + end
			for _, text := range []string{file, strings.ReplaceAll(file, "\n", "\r\n")} {
				rules, err := Load([]byte(text), expr.Options{})
				if err != nil || len(rules.Rules) != 2 || rules.Rules[1].Expr != "name,x,:eq, :sum" {
					t.Errorf("%.30q: %v", text, err)
				}
			}
		}
	}
}

func TestLoadNamesThePlace(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"syntax", "rules: [1\nreceivers: 2", "line 2, column 1: ',' or ']' must be specified"},
		{"open quote", "rules:\n  - name: \"x", `line 2, column 11: could not find end`},
		{"tab", "rules:\n\t- name: x", "line 2"},
		{"not a mapping", "- a", "line 1, column 1: the rules file is a mapping of keys to values, not a list"},
		{"unknown key", "rule: []", `line 1, column 1: unknown key "rule" in the rules file: it takes receivers, rules`},
		{"unknown key in a rule", "rules:\n  - name: a\n    expression: x", `line 3, column 5: unknown key "expression" in a rule: it takes name, expr`},
		{"unknown key in a webhook", "receivers: [{name: a, webhook: {uri: x}}]", `line 1, column 33: unknown key "uri" in a webhook: it takes url`},
		{"a key twice", "rules:\n  - name: a\n    expr: name,x,:eq\n    expr: name,y,:eq", "line 4, column 5: mapping key \"expr\" already defined"},
		{"a name twice", "rules:\n  - {name: a, expr: 'name,x,:eq'}\n  - {name: a, expr: 'name,y,:eq'}", `line 3, column 12: a second rule called "a": the first is in line 2`},
		{"a receiver twice", "receivers:\n- {name: a, webhook: {url: 'http://x'}}\n- {name: a, webhook: {url: 'http://x'}}", `line 3, column 10: a second receiver called "a"`},
		{"no name", "rules:\n  - expr: name,x,:eq", "line 2, column 9: a rule without a name"},
		{"no expr", "rules:\n  - name: x", `line 2, column 9: rule "x" has no expr`},
		{"bad expr", "rules:\n  - name: x\n    expr: \"name,a,:eq,:maxx\"", `line 3, column 11: expr: at 11: unknown word ':maxx', did you mean ':max'?`},
		{"two exprs", "rules:\n  - name: x\n    expr: 1,2", `line 3, column 11: expr: it leaves 2 expressions on the stack`},
		{"a template in a label", "rules:\n  - name: x\n    expr: '1'\n    labels:\n      a: b\n      team: 'x {{ .Labels.team }}'", `line 6, column 13: label "team" is no template, and {{ would stay as it is: only annotations are rendered`},
		{"an open one in a label", "rules: [{name: x, expr: '1', labels: {team: '{{'}}]", `line 1, column 45: label "team" is no template`},
		{"a template in the key of a label", "rules: [{name: x, expr: '1', labels: {'{{ .Value }}': a}}]", `line 1, column 39: the key of a label is no template`},
		{"a template in a rule's name", "rules: [{name: '{{ .Labels.x }}', expr: '1'}]", `line 1, column 16: the name of a rule is no template`},
		{"a template in a receiver's name", "receivers: [{name: '{{ x }}', webhook: {url: 'http://x'}}]", `line 1, column 20: the name of a receiver is no template`},
		{"a template in a url", "receivers: [{name: x, webhook: {url: 'http://x/{{ .Labels.x }}'}}]", `line 1, column 38: the url of a webhook is no template`},
		{"a template in notify", "rules: [{name: x, expr: '1', notify: ['{{ .Labels.team }}']}]", `line 1, column 39: a receiver in notify is no template`},
		{"a removal that is no truth", "allow_removal: yes", "line 1, column 16: allow_removal is true or false"},
		{"an empty removal", "allow_removal:\nrules: []", "line 1, column 15: allow_removal is true or false"},
		{"a second document", "rules: []\n---\nrules: []", "line 3, column 1: a second document: the file is one, and it begins in line 1"},
		{"syntax behind a mark and a directive", "\uFEFF%YAML 1.2\r\n---\r\nrules: [1\r\nreceivers: 2", "line 4, column 1: ',' or ']' must be specified"},
		{"long for", "rules:\n  - name: x\n    for: 300y", `line 3, column 10: for: 300y is not between 0 and 52w`},
		{"bad for", "rules:\n  - name: x\n    for: 3 minutes", "line 3, column 10: for: "},
		{"negative for", "rules:\n  - name: x\n    for: -3m", "line 3, column 10: for: "},
		{"unknown receiver", "rules:\n  - name: x\n    expr: name,y,:eq\n    notify: [oncall]", `line 4, column 14: no receiver is called "oncall"`},
		{"receiver named twice", "receivers: [{name: a, webhook: {url: 'http://x'}}]\nrules:\n  - name: x\n    notify: [a, a]", `line 4, column 17: receiver "a" is named twice`},
		{"notify is a list", "rules:\n  - name: x\n    notify: oncall", "line 3, column 13: notify is a list, not a single value"},
		{"bad template", "rules:\n  - name: x\n    annotations: {a: \"{{ .Labels\"}", `line 3, column 22: annotation "a": annotation:1: unclosed action`},
		{"no such field", "rules:\n  - name: x\n    annotations: {a: \"{{ .Lables.a }}\"}", `line 3, column 22: annotation "a": there is no .Lables in annotations`},
		{"list as label", "rules:\n  - name: x\n    labels: {a: [b]}", `line 3, column 17: "a" of labels is a text, not a list`},
		{"anchor", "rules:\n  - name: &n x", "line 2, column 11: the name of a rule is a text, not an anchor"},
		{"merge", "rules:\n  - <<: {name: x}", `line 2, column 5: a key of a rule is a text, not an anchor or alias`},
		{"bad url", "receivers: [{name: a, webhook: {url: 'ftp://x'}}]", "line 1, column 38: the url of a webhook is"},
		{"no url", "receivers:\n- {name: a}", `line 2, column 3: receiver "a" has no webhook url`},
		{"two documents", "rules: []\n---\nrules: []", "line 3"},
		{"a text", "hello", "line 1, column 1: the rules file is a mapping"},
	} {
		rules, err := Load([]byte(c.file), expr.Options{})
		var located *FileError
		if err == nil || rules != nil || !errors.As(err, &located) {
			t.Errorf("%s: got %+v, %v; want a FileError", c.name, rules, err)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %q, want one with %q", c.name, err, c.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(goodFile))
	f.Add([]byte("rules: [{name: a, expr: '1', for: P1D, annotations: {a: '{{range .Labels}}{{.}}{{end}}'}}]"))
	f.Add([]byte("a: &x [*x]\n? b\n: c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := Load(data, expr.Options{})
		if (rules == nil) == (err == nil) {
			t.Fatalf("got %v and %v", rules, err)
		}
	})
}
