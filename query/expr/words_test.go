package expr

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// TestExamples runs every example of every word, and checks that what it leaves is read back the same
// from its text.
func TestExamples(t *testing.T) {
	language := Default()
	for _, v := range []*stack.Vocabulary{language.Default, language.Events} {
		for _, w := range v.Words() {
			for _, example := range w.Examples {
				if err := runExample(v, w, example); err != nil {
					t.Errorf(":%s after %q: %v", w.Name, example, err)
				}
			}
		}
	}
}

func runExample(v *stack.Vocabulary, w *stack.Word, example string) error {
	example, mustFail := strings.CutPrefix(example, "ERROR:")
	values, err := v.Execute(example+",:"+w.Name, stack.Options{})
	if mustFail {
		if err == nil {
			return fmt.Errorf("no error, but %v", values)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if w.Name == "named-rewrite" {
		return nil // it shows as a word that the example invents
	}
	for _, value := range values {
		if n, ok := value.(Node); ok {
			if err := readsBack(v, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// readsBack checks that the text of n is a program that leaves a node with the same text and type.
func readsBack(v *stack.Vocabulary, n Node) error {
	text := n.String()
	values, err := v.Execute(text, stack.Options{})
	if err != nil {
		return fmt.Errorf("%q is not read back: %w", text, err)
	}
	if len(values) != 1 {
		return fmt.Errorf("%q is read back as %d values", text, len(values))
	}
	again := values[0].String()
	if s, ok := n.(*Styled); ok && len(s.Settings) == 0 {
		n = s.Expr
	}
	if e, ok := n.(*Event); ok && e.Kind == EventRaw {
		n = Query{e.Query}
	}
	if values[0].TypeName() != n.TypeName() || again != text {
		return fmt.Errorf("%q, a %s, is read back as %q, a %s", text, n.TypeName(), again, values[0].TypeName())
	}
	return nil
}

// TestWordOrder pins the order in which words are tried, which decides among overloads and in which they
// are offered.
func TestWordOrder(t *testing.T) {
	want := map[string]string{
		"std":   "call clear depth drop dup each format freeze get pick map ndrop nlist over -rot roll rot set swap list 2over nip tuck fcall sset",
		"query": "true false has eq lt le gt ge re reic contains starts ends in and or not cq",
		"data":  "all sum count min max by offset cf-avg cf-sum cf-min cf-max",
		"math": "as by const pi random srandom time time-span cg named-rewrite clamp-min clamp-max abs neg sin sqrt per-step add sub mul div pow gt ge lt le " +
			"fadd fsub fmul fdiv and or sum count min max percentiles approx-distinct sample-count sample-count avg stddev pct dist-avg dist-max dist-stddev " +
			"median cos tan cot sec csc",
		"stateful": "delay rolling-count rolling-min rolling-max rolling-mean rolling-sum des sdes trend integral cumulative-max derivative " +
			"approx-distinct-cumulative des-simple des-fast des-slower des-slow sdes-simple sdes-fast sdes-slower sdes-slow des-epic-signal",
		"filter": "consolidate stat stat-avg stat-max stat-min stat-last stat-count stat-total filter stat-min-mf stat-max-mf stat-avg-mf " +
			"bottomk bottomk-others-min bottomk-others-max bottomk-others-sum bottomk-others-avg topk topk-others-min topk-others-max topk-others-sum topk-others-avg",
		"style": "legend decode s axis offset filter sort order limit head alpha color palette ls lw area line stack heatmap percentiles-heatmap vspan " +
			"des-epic-viz strip-style",
		"custom": "node-avg eureka-avg",
	}
	got := map[string]string{}
	for _, w := range Words() {
		got[w.Vocabulary] = strings.TrimPrefix(got[w.Vocabulary]+" "+w.Name, " ")
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("words by vocabulary (-got +want):\n%s", diff)
	}
}

// TestWordsAreDocumented wants of every word what the reference page shows.
func TestWordsAreDocumented(t *testing.T) {
	for _, w := range append(Words(), Default().Events.Words()...) {
		if !strings.HasSuffix(w.Summary, ".") || strings.Contains(w.Summary, "\n") {
			t.Errorf("summary of :%s is no sentence on a line: %q", w.Name, w.Summary)
		}
		if !strings.Contains(w.Signature, " -- ") {
			t.Errorf("signature of :%s: %q", w.Name, w.Signature)
		}
		if len(w.Examples) == 0 {
			t.Errorf(":%s has no example", w.Name)
		}
	}
}

func TestCustomWords(t *testing.T) {
	square := stack.Word{Name: "square", Body: ":dup,:mul", Summary: "Each value times itself.", Examples: []string{"2"}}
	l, err := NewLanguage([]stack.Word{square}, nil)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := Parse("a,b,:eq,:square", Options{Vocabulary: l.Default})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := shown[0].String(), "a,b,:eq,:sum,a,b,:eq,:sum,:mul"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []stack.Word{{Name: "x"}, {Name: "x", Body: ":a,/*"}, {Name: "", Body: ":dup"}, {Name: "x y", Body: ":dup"}} {
		if _, err := NewLanguage([]stack.Word{bad}, nil); err == nil {
			t.Errorf("%+v is a word", bad)
		}
	}
}
