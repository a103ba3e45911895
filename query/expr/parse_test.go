package expr

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func parseTexts(t *testing.T, program string, o Options) []string {
	t.Helper()
	shown, err := Parse(program, o)
	if err != nil {
		t.Fatalf("%s: %v", program, err)
	}
	var all []string
	for _, s := range shown {
		all = append(all, s.String())
	}
	return all
}

func TestParse(t *testing.T) {
	got := parseTexts(t, "name,a,:eq,42,:freeze,name,b,:eq,:max,(,0h,1w,),:offset,x,:legend", Options{})
	want := []string{"name,a,:eq,:sum", "42.0,:const", "name,b,:eq,:max,x,:legend", "name,b,:eq,:max,1w,:offset,x,:legend"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	got = parseTexts(t, "name,a,:eq,:avg,:freeze,42", Options{Common: tag.Equal{Key: "x", Value: "y"}})
	if diff := cmp.Diff(got, []string{"name,a,:eq,x,y,:eq,:and,:avg", "42.0,:const"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	shown, err := Parse("e-1h,e,:time-span", Options{Zone: "US/Pacific"})
	if err != nil || shown[0].Expr.(*Generated).Zone != "US/Pacific" {
		t.Errorf("got %v, %v", shown, err)
	}
}

func TestParseMistakes(t *testing.T) {
	for program, want := range map[string]string{
		"name,a,:eq,foo":               "IllegalArgumentException: expecting time series expr, found String 'foo'",
		"(,a,b,)":                      "IllegalArgumentException: expecting time series expr, found List 'List(a, b)'",
		"name,a,:eq,(,5x,),:offset":    "IllegalArgumentException: unknown unit x",
		"Mars,tz,:sset,s,e,:time-span": "DateTimeException: Unknown time-zone ID: Mars",
	} {
		_, err := Parse(program, Options{})
		var mistake *stack.Error
		if !errors.As(err, &mistake) || string(mistake.Kind)+": "+mistake.Message != want {
			t.Errorf("%s: got %v, want %s", program, err, want)
		}
	}
	_, err := Parse("(,"+strings.Repeat("ä,", 150_000)+")", Options{})
	if err == nil || len(err.Error()) > 2*maxFoundBytes || !utf8.ValidString(err.Error()) {
		t.Errorf("a long list: want a short message, got %.100v…", err)
	}
	if _, err := ParseQuery("a,:has,b,:has"); err == nil || !strings.Contains(err.Error(), "expected a single query, found [HasKey,HasKey]") {
		t.Errorf("got %v", err)
	}
}

func TestDataExprs(t *testing.T) {
	shown, err := Parse("name,a,:eq,:avg,:dup,:add,name,b,:eq,(,50,),:percentiles,:mul,name,a,:eq,:sum,:sub", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range DataExprs(shown[0].Expr) {
		got = append(got, d.String())
	}
	want := []string{"name,a,:eq,:sum", "name,a,:eq,:count", "name,b,:eq,:sum,(,percentile,),:by", "name,a,:eq,:sum"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestHostilePrograms are small programs that stand for large ones. They must end soon, in an error or not.
func TestHostilePrograms(t *testing.T) {
	doubled := "name,a,:eq,:sum" + strings.Repeat(",:dup,:add", 200)
	deep := "x,(," + strings.Repeat("a,", 1000) + "),:set,name,a,:eq,:sum,x,:get,(,:drop,x,:get,(,:drop,:abs,),:each,),:each"
	for name, program := range map[string]string{
		"doubled":              doubled,
		"doubled, shifted":     doubled + ",1h,:offset",
		"doubled, rewritten":   doubled + ",:avg,b,:has,:cq",
		"doubled, grouped":     doubled + ",(,k,),:by,(,j,),:cg",
		"doubled, averaged":    "name,a,:eq" + strings.Repeat(",:avg", 100) + ",:cf-max",
		"doubled, as text":     doubled + ",1,:nlist,%s,:swap,:format",
		"doubled, filtered":    "name,a,:eq,(,k,),:by" + strings.Repeat(",:dup,:stat-max,:filter", 100),
		"deep":                 deep,
		"deep, in a loop":      "name,a,:eq,:sum" + strings.Repeat(",:abs", 5000) + ",l,:sset,(," + strings.Repeat("a,", 1000) + "),(,:drop,l,:get,1h,:offset,:drop,),:each",
		"distinct, in a loop":  "name,a,:eq,:sum" + strings.Repeat(",:abs", 5000) + ",l,:sset,(," + strings.Repeat("a,", 1000) + "),(,:drop,l,:get,:approx-distinct,:drop,),:each",
		"patterns, in a loop":  "x,(," + strings.Repeat("a,", 1000) + "),:set,x,:get,(,:drop,x,:get,(,:drop,k,((a|b)*(c|d)*){20}$,:re,:drop,),:each,),:each",
		"rewrites, in a loop":  "name,a,:eq" + strings.Repeat(",:pct", 50) + ",l,:sset,(," + strings.Repeat("a,", 1000) + "),(,:drop,l,:get,b,:has,:cq,:drop,),:each",
		"nested lists as text": "a" + strings.Repeat(",:dup,2,:nlist", 100) + ",1,:nlist,%s,:swap,:format",
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			shown, err := Parse(program, Options{})
			if err == nil {
				for _, s := range shown {
					_ = s.String()
					_ = DataExprs(s.Expr)
					_, err = Normalize(s)
				}
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %v, %v", took, err)
			} else {
				t.Log(took.Round(time.Millisecond), strings.SplitN(fmt.Sprint(err), "\n", 2)[0])
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, w := range Words() {
		for _, example := range w.Examples {
			f.Add(example + ",:" + w.Name)
		}
	}
	f.Add("a,/*x*/:dup,:eq,(,k,(,),),:by,\\u0028,:list,(,:cq,),:each,:freeze")
	f.Fuzz(func(t *testing.T, program string) {
		shown, err := Parse(program, Options{})
		if err != nil {
			var mistake *stack.Error
			if !errors.As(err, &mistake) || mistake.Offset < 0 || mistake.Offset+mistake.Length > len(program) {
				t.Fatalf("%q: %v at %+v", program, err, mistake)
			}
			return
		}
		for _, s := range shown {
			checkStable(t, s)
		}
	})
}

// checkStable checks that the text of s, where it is read back at all, has itself as its text.
func checkStable(t *testing.T, s *Styled) {
	text := s.String()
	again, err := Parse(text, Options{})
	if err != nil || len(again) != 1 {
		return // TestNotReadBack lists why that happens
	}
	second := again[0].String()
	third, err := Parse(second, Options{})
	if err != nil || len(third) != 1 || third[0].String() != second {
		t.Fatalf("%q is read back as %q, and that as %v, %v", text, second, third, err)
	}
}
