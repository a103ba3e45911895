package stack

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	for _, test := range []struct {
		program string
		want    []Token
	}{
		{"", nil},
		{" , ,\n\t,", nil},
		{"a,b", []Token{{"a", 0, 1}, {"b", 2, 1}}},
		{", ,a b ,,\n:eq,", []Token{{"a b", 3, 3}, {":eq", 10, 3}}},
		{"é,ü", []Token{{"é", 0, 2}, {"ü", 3, 2}}},
		{"\u00a0a", []Token{{"\u00a0a", 0, 3}}},
		{"a/*x*/b,c", []Token{{"ab", 0, 7}, {"c", 8, 1}}},
		{":d/*c/*c*/,*/up , /*x*/ z", []Token{{":dup", 0, 15}, {"z", 24, 1}}},
		{"/*a*/", nil},
		{"/*/,*/a", []Token{{"a", 6, 1}}},
	} {
		got, err := Tokens(test.program)
		if err != nil {
			t.Errorf("%q: %v", test.program, err)
			continue
		}
		if diff := cmp.Diff(got, test.want); diff != "" {
			t.Errorf("%q (-got +want):\n%s", test.program, diff)
		}
	}
}

func TestUnclosedComment(t *testing.T) {
	for program, offset := range map[string]int{"a,/*,b": 2, "a*/b": 1, "/*/*x*/": 0, "/*x*/,*/": 6, "/*/": 0} {
		_, err := Tokens(program)
		mistake, ok := err.(*Error)
		if !ok || mistake.Message != "unclosed comment" || mistake.Offset != offset {
			t.Errorf("%q: got %v, want an unclosed comment at %d", program, err, offset)
		}
	}
}

// FuzzTokens checks that tokens come in order, lie in the text and, where no comment is cut out, are it.
func FuzzTokens(f *testing.F) {
	for _, seed := range []string{"a,b", " a /*x*/ b ,,c", "/*/**/*/,x", "\u00a0,\x00y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, program string) {
		tokens, err := Tokens(program)
		if err != nil {
			return
		}
		end := 0
		for _, token := range tokens {
			if token.Offset < end || token.Length < len(token.Text) || token.Offset+token.Length > len(program) {
				t.Fatalf("%q: token %+v behind %d", program, token, end)
			}
			end = token.Offset + token.Length
			if text := program[token.Offset:end]; !strings.Contains(text, "/*") && text != token.Text {
				t.Fatalf("%q: token %+v is %q", program, token, text)
			}
		}
	})
}
