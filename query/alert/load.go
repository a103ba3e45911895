package alert

import (
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/yamlfile"
)

// maxFor bounds how long a group can be pending.
const maxFor = 52 * 7 * 24 * time.Hour

// maxNameBytes bounds the names of rules and receivers, which travel in every event.
const maxNameBytes = 200

// Load reads a rules file:
//
//	receivers:
//	  - name: oncall
//	    webhook: {url: "http://127.0.0.1:9099/hook"}
//	rules:
//	  - name: HighErrorRate
//	    expr: "name,http.server.errors,:eq,:sum,(,nf.app,),:by,10,:gt"
//	    for: 3m                       # default 0: the first true step fires
//	    labels: {severity: page}
//	    annotations: {summary: "errors on {{ .Labels.nf_app }}: {{ .Value }}"}
//	    notify: [oncall]
//
// Every mistake is a *FileError: broken YAML, unknown and repeated keys, names given twice or missing,
// durations, URLs, templates, {{ where nothing is rendered, receivers that nobody declared, and expressions, whose own error says
// the offset inside of them. An empty file has no rules. With allow_removal: true at the top SetRules takes
// away as many rules as the file lacks, whatever fires. o says how expressions are read.
func Load(data []byte, o expr.Options) (*Rules, error) {
	root, err := yamlfile.Parse(data, MaxFileBytes)
	if err != nil {
		return nil, err
	}
	rules := &Rules{}
	if root == nil {
		return rules, nil
	}
	top, err := fields(root, "the rules file", "receivers", "rules", "allow_removal")
	if err != nil {
		return nil, err
	}
	// Receivers first, wherever they stand, because rules refer to them.
	for _, f := range top {
		if f.key.value == "receivers" {
			if rules.Receivers, err = loadReceivers(f.value); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range top {
		switch f.key.value {
		case "rules":
			rules.Rules, err = loadRules(f.value, rules, o)
		case "allow_removal":
			rules.AllowRemoval, err = loadTruth(f.value, "allow_removal")
		}
		if err != nil {
			return nil, err
		}
	}
	return rules, nil
}

// loadTruth reads true or false.
func loadTruth(n ast.Node, what string) (bool, error) {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value, nil
	}
	return false, errorAt(n.GetToken(), "%s is true or false", what)
}

func loadRules(n ast.Node, known *Rules, o expr.Options) ([]*Rule, error) {
	list, err := items(n, "rules")
	if err != nil {
		return nil, err
	}
	names := nameSet{what: "rule"}
	rules := make([]*Rule, 0, len(list))
	for _, item := range list {
		rule, err := loadRule(item, &names, known, o)
		if err != nil {
			return nil, err
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func loadRule(n ast.Node, names *nameSet, known *Rules, o expr.Options) (*Rule, error) {
	r := &Rule{ForText: "0s"}
	list, err := fields(n, "a rule", "name", "expr", "for", "labels", "annotations", "notify")
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		switch f.key.value {
		case "name":
			r.Name, err = names.take(f.value)
		case "expr":
			err = r.loadExpr(f.value, o)
		case "for":
			err = r.loadFor(f.value)
		case "labels":
			r.Labels, err = loadLabels(f.value)
		case "annotations":
			r.Annotations, err = loadAnnotations(f.value)
		case "notify":
			r.Notify, err = loadNotify(f.value, known)
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case r.Name == "":
		return nil, errorAt(n.GetToken(), "a rule without a name")
	case r.Expr == "":
		return nil, errorAt(n.GetToken(), "rule %q has no expr", r.Name)
	}
	return r, nil
}

func (r *Rule) loadExpr(n ast.Node, o expr.Options) error {
	source, err := scalar(n, "expr")
	if err != nil {
		return err
	}
	r.Expr = source.value
	parsed, err := expr.Parse(source.value, o)
	switch {
	case err != nil:
		return errorAt(source.place, "expr: %w", err)
	case len(parsed) != 1:
		return errorAt(source.place, "expr: it leaves %d expressions on the stack, an alert is one: join them with :and or :or", len(parsed))
	}
	r.Parsed = parsed[0].Expr
	return nil
}

func (r *Rule) loadFor(n ast.Node) error {
	source, err := scalar(n, "for")
	if err != nil {
		return err
	}
	if source.value == "0" || source.value == "" {
		return nil
	}
	r.ForText = source.value
	d, err := expr.ParseDuration(source.value)
	if err != nil {
		return errorAt(source.place, "for: %w (write 30s, 3m, 1h or PT5M)", err)
	}
	wait, ok := d.Std()
	if !ok || wait < 0 || wait > maxFor {
		return errorAt(source.place, "for: %s is not between 0 and %s", source.value, expr.DurationOf(maxFor))
	}
	r.For = wait
	return nil
}

func loadLabels(n ast.Node) (map[string]string, error) {
	list, err := fields(n, "labels")
	if err != nil {
		return nil, err
	}
	values, err := texts(n, "labels")
	if err != nil {
		return nil, err
	}
	labels := make(map[string]string, len(list))
	for _, f := range list {
		value := values[f.key.value]
		if err := f.key.plain("the key of a label"); err != nil {
			return nil, err
		}
		if err := value.plain(fmt.Sprintf("label %q", f.key.value)); err != nil {
			return nil, err
		}
		labels[f.key.value] = value.value
	}
	return labels, nil
}

func loadAnnotations(n ast.Node) (map[string]Template, error) {
	values, err := texts(n, "annotations")
	if err != nil {
		return nil, err
	}
	annotations := make(map[string]Template, len(values))
	for key, value := range values {
		if annotations[key], err = ParseTemplate(value.value); err != nil {
			return nil, errorAt(value.place, "annotation %q: %w", key, err)
		}
	}
	return annotations, nil
}

func loadNotify(n ast.Node, known *Rules) ([]string, error) {
	list, err := items(n, "notify")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, item := range list {
		name, err := scalar(item, "a receiver in notify")
		if err != nil {
			return nil, err
		}
		if err := name.plain("a receiver in notify"); err != nil {
			return nil, err
		}
		if _, ok := known.Receiver(name.value); !ok {
			return nil, errorAt(name.place, "no receiver is called %q: declare it under receivers", name.value)
		}
		if slices.Contains(names, name.value) {
			return nil, errorAt(name.place, "receiver %q is named twice", name.value)
		}
		names = append(names, name.value)
	}
	return names, nil
}

// A nameSet hands out each name once.
type nameSet struct {
	what  string
	lines map[string]int // name -> line of its first use
}

func (s *nameSet) take(n ast.Node) (string, error) {
	name, err := scalar(n, "the name of a "+s.what)
	if err != nil {
		return "", err
	}
	if err := name.plain("the name of a " + s.what); err != nil {
		return "", err
	}
	if len(name.value) > maxNameBytes {
		return "", errorAt(name.place, "the name of a %s has %d bytes, the limit is %d", s.what, len(name.value), maxNameBytes)
	}
	if line, taken := s.lines[name.value]; taken {
		return "", errorAt(name.place, "a second %s called %q: the first is in line %d", s.what, name.value, line)
	}
	if s.lines == nil {
		s.lines = map[string]int{}
	}
	s.lines[name.value] = name.place.Position.Line
	return name.value, nil
}
