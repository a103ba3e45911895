package expr

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func mustQuery(t testing.TB, program string) tag.Predicate {
	t.Helper()
	p, err := ParseQuery(program)
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	return p
}

func TestSimplify(t *testing.T) {
	// The words fold constants by themselves, so that these trees are made by hand.
	yes, no, a := tag.True{}, tag.False{}, tag.Has{Key: "a"}
	for _, test := range []struct {
		p      tag.Predicate
		ignore bool
		want   string
	}{
		{tag.And{Left: yes, Right: a}, false, "a,:has"},
		{tag.And{Left: a, Right: tag.Not{Inner: yes}}, false, ":false"},
		{tag.And{Left: a, Right: tag.Not{Inner: yes}}, true, "a,:has"},
		{tag.Or{Left: no, Right: tag.And{Left: a, Right: yes}}, false, "a,:has"},
		{tag.Not{Inner: tag.Not{Inner: a}}, false, "a,:has,:not,:not"},
		{tag.Not{Inner: tag.And{Left: yes, Right: yes}}, true, ":true"},
	} {
		if got := (Query{Simplify(test.p, test.ignore)}).String(); got != test.want {
			t.Errorf("%s, ignore %t: got %s, want %s", Query{test.p}, test.ignore, got, test.want)
		}
	}
}

func TestKeys(t *testing.T) {
	p := mustQuery(t, "a,1,:eq,b,(,2,),:in,:and,c,(,3,4,),:in,:and,d,5,:eq,:not,:and,a,6,:eq,:and")
	if diff := cmp.Diff(ExactKeys(p), []string{"a", "b"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if diff := cmp.Diff(ExactTags(p), tag.New("a", "6", "b", "2")); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if got := ExactKeys(mustQuery(t, "a,1,:eq,b,2,:eq,:or")); got != nil {
		t.Errorf("keys of an :or: %v", got)
	}
}

func texts(list []tag.Predicate) []string {
	var all []string
	for _, p := range list {
		all = append(all, Query{p}.String())
	}
	return all
}

func TestNormalForms(t *testing.T) {
	for _, test := range []struct {
		program               string
		conjunctions, clauses string
	}{
		{"a,:has", "a,:has", "a,:has"},
		{"a,:has,b,:has,:or,c,:has,:and", "a,:has,c,:has,:and | b,:has,c,:has,:and", "a,:has,b,:has,:or | c,:has"},
		{"a,:has,b,:has,:and,:not", "a,:has,:not | b,:has,:not", "a,:has,:not,b,:has,:not,:or"},
		{"a,:has,b,:has,:or,:not", "a,:has,:not,b,:has,:not,:and", "a,:has,:not | b,:has,:not"},
		{"a,:has,b,:has,:or,:not,:not", "a,:has,b,:has,:or", "a,:has,b,:has,:or"},
	} {
		p := mustQuery(t, test.program)
		conjunctions, err := Conjunctions(p)
		if got := strings.Join(texts(conjunctions), " | "); err != nil || got != test.conjunctions {
			t.Errorf("conjunctions of %s: got %s, %v, want %s", test.program, got, err, test.conjunctions)
		}
		clauses, err := Clauses(p)
		if got := strings.Join(texts(clauses), " | "); err != nil || got != test.clauses {
			t.Errorf("clauses of %s: got %s, %v, want %s", test.program, got, err, test.clauses)
		}
	}
	many := mustQuery(t, "a,:has,b,:has,:or"+strings.Repeat(",a,:has,b,:has,:or,:and", 20))
	if _, err := Conjunctions(many); err == nil {
		t.Error("a million conjunctions are not refused")
	}
}

func TestExpandIn(t *testing.T) {
	p := mustQuery(t, "a,(,1,2,),:in,b,(,1,2,3,),:in,:and")
	all, err := ExpandIn(p, 2)
	if want := "a,1,:eq,b,(,1,2,3,),:in,:and | a,2,:eq,b,(,1,2,3,),:in,:and"; err != nil || strings.Join(texts(all), " | ") != want {
		t.Errorf("got %s, %v, want %s", strings.Join(texts(all), " | "), err, want)
	}
}

// drawQuery makes queries over two keys with two values.
func drawQuery() *rapid.Generator[tag.Predicate] {
	return rapid.Custom(func(t *rapid.T) tag.Predicate { return drawQueryDepth(t, 4) })
}

func drawQueryDepth(t *rapid.T, depth int) tag.Predicate {
	key, value := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "value")
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	if depth == 0 {
		kind %= 4
	}
	switch kind {
	case 0:
		return tag.Equal{Key: key, Value: value}
	case 1:
		return tag.Has{Key: key}
	case 2:
		return tag.In{Key: key, Values: []string{value, "x"}}
	case 3:
		return tag.True{}
	case 4:
		return NotQuery(drawQueryDepth(t, depth-1))
	case 5:
		return OrQuery(drawQueryDepth(t, depth-1), drawQueryDepth(t, depth-1))
	}
	return AndQuery(drawQueryDepth(t, depth-1), drawQueryDepth(t, depth-1))
}

// TestNormalizeQueryMeansTheSame checks the normal form on every series there is over the keys.
func TestNormalizeQueryMeansTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawQuery().Draw(t, "query")
		normal, err := normalizeQuery(p)
		if err != nil {
			t.Skip()
		}
		for _, tags := range []tag.Tags{nil, tag.New("a", "x"), tag.New("a", "y"), tag.New("b", "x"), tag.New("b", "y"),
			tag.New("a", "x", "b", "x"), tag.New("a", "x", "b", "y"), tag.New("a", "y", "b", "x"), tag.New("a", "y", "b", "z")} {
			if p.Matches(tags) != normal.Matches(tags) {
				t.Fatalf("%s is %t on %s, its normal form %s is not", Query{p}, p.Matches(tags), tags, Query{normal})
			}
		}
	})
}

func TestQueryLabel(t *testing.T) {
	p := mustQuery(t, "a,1,:eq,b,2,:lt,:and,c,:has,d,(,x,y,),:in,:or,:and,e,f,:re,g,h,:reic,:and,:not,:and")
	want := "(((a=1) and (b<2)) and ((has(c)) or (d in (x,y)))) and (not((e~/^f/) and (g~/^h/i)))"
	if got := QueryLabel(p); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
