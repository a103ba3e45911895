package alert

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tsdbtest"
)

// hostileApps are values of tags that would be something else in a program if they were not escaped.
var hostileApps = []string{
	"www", "a,b", "(", ")", "a(b", ":eq", ":by,", "(,x,)", " lead and trail ", `\u002c`, `back\slash`, "/* c */", "ünïcödé", "10", "$x", "a\tb\nc",
}

// graphStore has errors and load of each hostile app on two nodes, and a latency in buckets. All errors grow with the
// number of the app.
func graphStore() *tsdbtest.Store {
	s := tsdbtest.NewStore(second)
	for i, app := range hostileApps {
		for step := int64(1); step <= 30; step++ {
			for n, node := range []string{"n1", "n2"} {
				s.Set(tag.New("name", "errors", "nf.app", app, "nf.node", node), step*second, float64(100+10*i+n))
				s.Set(tag.New("name", "load", "nf.app", app, "nf.node", node), step*second, float64(50+i))
			}
			s.Set(tag.New("name", "limit", "host", app), step*second, float64(7+i))
			for b, code := range []string{"T0030", "T0050", "T0060"} {
				s.Set(tag.New("name", "latency", "nf.app", app, "percentile", code), step*second, float64(1+b+i))
			}
		}
	}
	s.Set(tag.New("name", "total"), 30*second, 3)
	return s
}

// TestGraphOfAnAlert: the expression of an alert parses, and draws the line of its group alone, and the threshold.
func TestGraphOfAnAlert(t *testing.T) {
	const by = "name,errors,:eq,:sum,(,nf.app,),:by"
	for name, c := range map[string]struct {
		expr       string
		groups     int
		thresholds []float64 // one for all groups; none is not compared
	}{
		"gt":                       {by + ",10,:gt", 16, []float64{10}},
		"le":                       {by + ",1000,:le", 16, []float64{1000}},
		"two keys":                 {"name,errors,:eq,:max,(,nf.app,nf.node,),:by,10,:ge", 32, []float64{10}},
		"no grouping":              {"name,errors,:eq,:sum,10,:gt", 1, []float64{10}},
		"in the query already":     {"name,errors,:eq,nf.app,www,:eq,:and,:sum,(,nf.app,),:by,10,:gt", 1, []float64{10}},
		"and":                      {by + ",10,:gt," + by + ",5000,:lt,:and", 16, []float64{10}},
		"or of a line":             {by + "," + by + ",20,:gt,:or", 16, []float64{20}},
		"not":                      {"1," + by + ",5000,:gt,:sub", 16, []float64{5000}},
		"neg":                      {by + ",10,:gt,:neg", 16, []float64{10}},
		"the other way round":      {"10," + by + ",:lt", 16, []float64{10}},
		"rolling count over it":    {by + ",10,:gt,3,:rolling-count,2,:ge", 16, []float64{2}},
		"rolling count alone":      {by + ",10,:gt,3,:rolling-count", 16, []float64{10}},
		"nothing compared":         {by, 16, nil},
		"a shared denominator":     {by + ",name,total,:eq,:sum,:div,10,:gt", 16, []float64{10}},
		"of a maximum over groups": {by + ",name,load,:eq,:sum,(,nf.app,),:by,:max,:div,0,:gt", 16, []float64{0}},
		"fewer keys":               {"name,errors,:eq,:max,(,nf.app,nf.node,),:by,:max,(,nf.app,),:by,10,:gt", 16, []float64{10}},
		"average":                  {"name,errors,:eq,:avg,(,nf.app,),:by,10,:gt", 16, []float64{10}},
		"renamed":                  {by + ",nf.app,host,:as,name,limit,:eq,:sum,(,host,),:by,:div,1,:gt", 16, []float64{1}},
		"a percentile":             {"name,latency,:eq,(,nf.app,),:by,(,9.5,50,99,),:percentiles,0,:gt", 48, []float64{0}},
		"top of them":              {by + ",max,3,:topk,10,:gt", 3, []float64{10}},
		"filtered":                 {by + ",:stat-max,10,:gt,:filter,10,:gt", 16, []float64{10}},
		"styled":                   {by + ",10,:gt,x,:legend,50,:alpha", 16, []float64{10}},
		"looking back":             {by + ",1s,:offset,10,:gt", 16, []float64{10}},
		"all":                      {"name,load,:eq,:all,10,:gt", 32, []float64{10}},
		"a bound that is a line":   {by + ",name,total,:eq,:sum,:gt", 16, []float64{3}},
	} {
		checkGraph(t, name, c.expr, c.groups, c.thresholds)
	}
	// A bound that is grouped, too, is that of the group.
	lines := evalGraph(t, by+",name,load,:eq,:sum,(,nf.app,),:by,:gt", tag.New("name", "errors", "nf.app", "(,x,)"))
	if len(lines) != 2 || len(lines[1]) != 1 || lines[1][0].Signal != 114 {
		t.Errorf("a grouped bound: got %+v", lines)
	}
}

// checkGraph evaluates the graphs of all groups that are true in the last step.
func checkGraph(t *testing.T, name, expression string, groups int, thresholds []float64) {
	t.Helper()
	evaluate := FromEngine(query.NewEngine(query.Config{Store: graphStore()}), time.Second)
	rule := testRules(t, fmt.Sprintf("rules: [{name: R, expr: %q}]", expression)).Rules[0]
	lines, err := evaluate(context.Background(), rule.Parsed, 30*second)
	if err != nil || len(lines) != groups {
		t.Fatalf("%s: %d lines, %v; want %d", name, len(lines), err, groups)
	}
	for _, line := range lines {
		got := evalGraph(t, expression, line.Tags)
		if app, _ := line.Tags.Get("nf.app"); name == "average" && app == "/* c */" {
			continue // a word that is written again from its text, which this value would break: all groups are drawn
		}
		if len(got) != 1+len(thresholds) || len(got[0]) != 1 {
			t.Errorf("%s: %v has %d expressions, lines %+v", name, line.Tags, len(got), got)
			continue
		}
		// The value of the line is known where the comparison is outermost and its left side is data.
		outermost, ok := rule.Parsed.(*expr.Binary)
		known := ok && outermost.Op >= expr.GreaterThan && outermost.Op <= expr.LessOrEqual && len(expr.DataExprs(outermost.Left)) > 0
		if g := got[0][0]; g.Signal <= 0 || known && g.Signal != line.Value {
			t.Errorf("%s: %v draws %v, the rule has %v", name, line.Tags, g.Signal, line.Value)
		}
		if len(thresholds) > 0 && (len(got[1]) != 1 || got[1][0].Signal != thresholds[0]) {
			t.Errorf("%s: %v has threshold %+v, want %v", name, line.Tags, got[1], thresholds)
		}
	}
}

// evalGraph reads the graph of a group back and evaluates it.
func evalGraph(t *testing.T, expression string, tags tag.Tags) [][]query.StepLine {
	t.Helper()
	rule := testRules(t, fmt.Sprintf("rules: [{name: R, expr: %q}]", expression)).Rules[0]
	q := rule.graphOf(&group{tags: tags})
	shown, err := expr.Parse(q, expr.Options{})
	if err != nil {
		t.Errorf("%s: %v", q, err)
		return nil
	}
	var exprs []expr.Expr
	for _, s := range shown {
		exprs = append(exprs, s.Expr)
	}
	if len(shown) == 2 {
		if legend, _ := shown[1].Settings.Get("legend"); legend != "threshold" {
			t.Errorf("%s: the legend of the threshold is %q", q, legend)
		}
	}
	lines, err := query.NewEngine(query.Config{Store: graphStore()}).EvalStep(context.Background(), exprs, 30*second, second)
	if err != nil {
		t.Errorf("%s: %v", q, err)
	}
	return lines
}

func TestGraphText(t *testing.T) {
	rule := testRules(t, `rules: [{name: R, expr: "name,errors,:eq,:sum,(,nf.app,),:by,10,:gt"}]`).Rules[0]
	for app, want := range map[string]string{
		"www": "name,errors,:eq,nf.app,www,:eq,:and,:sum,(,nf.app,),:by,10.0,:const,threshold,:legend",
		"a,:": `name,errors,:eq,nf.app,a\u002c\u003a,:eq,:and,:sum,(,nf.app,),:by,10.0,:const,threshold,:legend`,
	} {
		if got := rule.graphOf(&group{tags: tag.New("name", "errors", "nf.app", app)}); got != want {
			t.Errorf("%s: got %s, want %s", app, got, want)
		}
	}
	if got, want := rule.graphOf(newOverflow("R")), "name,errors,:eq,:sum,(,nf.app,),:by,10.0,:const,:gt,:sum,10000.0,:const,threshold,:legend"; got != want {
		t.Errorf("overflow: got %s, want %s", got, want)
	}
}

// TestGraphOfASharedTree: an expression whose text would fill the memory has no graph, at once.
func TestGraphOfASharedTree(t *testing.T) {
	for _, word := range []string{":add", ":and", ":add,:sum,(,app,),:by"} {
		text := "name,x,:eq,(,app,),:by" + strings.Repeat(",:dup,"+word, 60)
		rule := testRules(t, fmt.Sprintf("rules: [{name: R, expr: %q}]", text)).Rules[0]
		if q := rule.graphOf(&group{tags: tag.New("app", "www")}); q != "" {
			t.Errorf("%s: got %d bytes", word, len(q))
		}
	}
}

func TestStatusHasGraphs(t *testing.T) {
	b := newBench(t, "TTT")
	b.begin(strings.Replace(oneRule, "name,up,:eq", "name,up,:eq,(,app,),:by,0,:gt", 1))
	b.steps(1, 3)
	want := GraphStatus{Q: "name,up,:eq,app,www,:eq,:and,:sum,(,app,),:by,0.0,:const,threshold,:legend", At: 3 * second}
	for range 2 {
		if got := b.group().Graph; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	b.begin("")
	if got := b.group().Graph; got != (GraphStatus{At: 3 * second}) {
		t.Errorf("a held alert has %+v", got)
	}
}

func FuzzGraph(f *testing.F) {
	for _, app := range hostileApps {
		f.Add("nf.app", app)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		if value == "" || strings.TrimFunc(value, unicode.IsControl) != value || strings.TrimFunc(key, unicode.IsControl) != key {
			return // tokens are trimmed of control characters, and no tag is taken with them, nor without a value
		}
		tree, err := expr.Parse("name,x,:eq,(,"+stack.Escape(key)+",),:by,1,:gt", expr.Options{})
		if err != nil || len(tree) != 1 || len(tree[0].Expr.FinalGrouping()) != 1 || tree[0].Expr.FinalGrouping()[0] != key || key == "name" {
			return
		}
		rule := &Rule{Parsed: tree[0].Expr}
		q := rule.graphOf(&group{tags: tag.New(key, value)})
		shown, err := expr.Parse(q, expr.Options{})
		if err != nil || len(shown) != 2 {
			t.Fatalf("%s: %d expressions, %v", q, len(shown), err)
		}
		read := expr.DataExprs(shown[0].Expr)[0]
		for _, c := range []struct {
			tags tag.Tags
			want bool
		}{{tag.New("name", "x", key, value), true}, {tag.New("name", "x", key, value+"x"), false}} {
			if got := read.Query.Matches(c.tags); got != c.want {
				t.Errorf("%s matches %v: %v", q, c.tags, got)
			}
		}
	})
}
