package stack

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// explored writes visits for the eye: place, token, stack with origins, mistake.
func explored(program string) []string {
	var lines []string
	for _, visit := range Standard().Explore(program, Options{}) {
		var b strings.Builder
		fmt.Fprintf(&b, "%d+%d %s:", visit.Offset, visit.Length, visit.Text)
		for i, v := range visit.Stack {
			fmt.Fprintf(&b, " %s@%d", v, visit.Origins[i])
		}
		if visit.Mistake != nil {
			fmt.Fprintf(&b, " ! %s", visit.Mistake.Message)
		}
		lines = append(lines, b.String())
	}
	return lines
}

func TestExplore(t *testing.T) {
	for program, want := range map[string][]string{
		"":             nil,
		"a,b,:swap":    {"0+1 a: a@0", "2+1 b: a@0 b@1", "4+5 :swap: b@1 a@0"},
		"a,:dupp,:dup": {"0+1 a: a@0", "2+5 :dupp: a@0 ! unknown word ':dupp'", "8+4 :dup: a@0 a@0"},
		"a,),:swap":    {"0+1 a: a@0", "2+1 ): a@0 ! unmatched closing parenthesis", "4+5 :swap: a@0 ! no matches for word ':swap' with stack [String], candidates: [a:Any b:Any -- Any Any]"},
		"a,(,b,(,c":    {"0+1 a: a@0", "2+7 (: a@0 List(b, (, c)@1 ! unmatched opening parenthesis"},
		"(,b, ),:call": {"0+6 (: List(b)@0", "7+5 :call: b@1"},
		"%y,(,),:format,:dup": {"0+2 %y: %y@0", "3+3 (: %y@0 List()@1",
			"7+7 :format: <format:String>@2 ! invalid type specifier 'y' at position 1", "15+4 :dup: <format:String>@2 <format:String>@2"},
		"a,:dup,/*b": {"0+1 a: a@0", "2+4 :dup: a@0 a@0", "7+3 /*b: a@0 a@0 ! unclosed comment"},
		"k,:get,b":   {"0+1 k: k@0", "2+4 :get: <get:Any>@1 ! key not found: k", "7+1 b: <get:Any>@1 b@2"},
	} {
		if diff := cmp.Diff(explored(program), want); diff != "" {
			t.Errorf("%q (-got +want):\n%s", program, diff)
		}
	}
}
