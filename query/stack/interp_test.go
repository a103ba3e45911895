package stack

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func execute(t *testing.T, program string, o Options) []string {
	t.Helper()
	values, err := Standard().Execute(program, o)
	if err != nil {
		t.Fatalf("%q: %v", program, err)
	}
	texts := []string{}
	for _, v := range values {
		texts = append(texts, v.String())
	}
	return texts
}

func TestVariables(t *testing.T) {
	o := Options{Variables: map[string]Value{"tz": Text("UTC")}}
	got := execute(t, "tz,:get,tz,x,:set,tz,:get,:freeze,tz,:get", o)
	if diff := cmp.Diff(got, []string{"UTC", "x", "UTC"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if got := o.Variables["tz"]; got != Text("UTC") {
		t.Errorf("the caller's variables were changed: tz is %v", got)
	}
}

func TestLimits(t *testing.T) {
	for _, test := range []struct{ name, program, want string }{
		{"nine calls", deep(9), ""},
		{"ten calls", deep(10), "looping detected"},
		{"full stack", strings.Repeat("a,", 1024), ""},
		{"overfull stack", strings.Repeat("a,", 1025), "stack overflow: stack size exceeds limit of 1024"},
		{"full list", "(," + strings.Repeat("a,", 1024) + ")", ""},
		{"overfull list", "(," + strings.Repeat("a,", 1025) + ")", "stack overflow: list size exceeds limit of 1024"},
		{"loops in loops", "l,(," + strings.Repeat("a,", 1000) + "),:set" + strings.Repeat(",l,:get,(,:drop", 8) + strings.Repeat(",),:each", 8),
			"looping detected: more than 2097152 steps"},
		{"text of itself", "x,1,:nlist" + strings.Repeat(",%1$s%1$s,:swap,:format,1,:nlist", 20),
			"the formatted text is longer than 65536 bytes"},
	} {
		began := time.Now()
		_, err := Standard().Execute(test.program, Options{})
		var mistake *Error
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (!errors.As(err, &mistake) || mistake.Message != test.want):
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", test.name, took)
		}
	}
}

// TestLimitNamesWord: the mistake tells which word went over the limit, and where it is.
func TestLimitNamesWord(t *testing.T) {
	_, err := Standard().Execute("a"+strings.Repeat(",:dup", 1024), Options{})
	var mistake *Error
	if !errors.As(err, &mistake) {
		t.Fatalf("got %v, want a mistake of the program", err)
	}
	if mistake.Word != "dup" || mistake.Offset != 1+5*1024-4 || mistake.Length != 4 {
		t.Errorf("got word %q at %d, length %d; want the last :dup", mistake.Word, mistake.Offset, mistake.Length)
	}
}

// deep returns a program that calls a program in a program, depth times.
func deep(depth int) string {
	return strings.Repeat("(,", depth) + "a" + strings.Repeat(",),:call", depth)
}

func TestError(t *testing.T) {
	v := Standard()
	_, err := v.Execute("a,(,b,:dupp,),\n:call", Options{})
	want := &Error{Kind: IllegalState, Message: "unknown word ':dupp'", Offset: 6, Length: 5, Word: "dupp",
		Types: []string{"String", "String"}, Suggestion: ":dup"}
	if diff := cmp.Diff(err, error(want), cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "placed" }, cmp.Ignore())); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
	if got, want := err.Error(), "at 6: unknown word ':dupp', did you mean ':dup'?"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, err = v.Execute("a,:swap", Options{})
	var mistake *Error
	if !errors.As(err, &mistake) || !cmp.Equal(mistake.Candidates, []string{"a:Any b:Any -- Any Any"}) || mistake.Offset != 2 {
		t.Errorf("got %+v", mistake)
	}
}

func TestUnstable(t *testing.T) {
	v := New("x", Standard(), nil, []Word{{Name: "new", Signature: " -- Any", Unstable: true,
		Run: func(m *Machine, _ []any) error { m.Push(Text("x")); return nil }}})
	if _, err := v.Execute(":new", Options{}); err == nil || !strings.Contains(err.Error(), "to use :new enable unstable features") {
		t.Errorf("got %v", err)
	}
	if _, err := v.Execute(":new", Options{Unstable: true}); err != nil {
		t.Error(err)
	}
}

func TestTrace(t *testing.T) {
	steps, err := Standard().Trace("a,(,b,),:call,:freeze,c", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		var line strings.Builder
		for _, v := range s.Stack {
			line.WriteString(v.String() + " ")
		}
		line.WriteString("|")
		for _, r := range s.Remaining {
			line.WriteString(" " + r.Text)
		}
		got = append(got, line.String())
	}
	want := []string{"| a ( b ) :call :freeze c", "a | ( b ) :call :freeze c", "a List(b) | :call :freeze c", "a b | :freeze c", "| c", "a b c |"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

func TestNearest(t *testing.T) {
	v := Standard()
	for name, want := range map[string]string{"dupp": "dup", "DUP": "dup", "swpa": "swap", "fromat": "format", "zzz": "", "x": "", "": "", "ndrp": "ndrop"} {
		if got := v.Nearest(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
