package expr

import "testing"

func TestIsVain(t *testing.T) {
	for program, want := range map[string]bool{
		"name,cpu,:eq,:sum":                  false,
		":true":                              false,
		"42":                                 false,
		":random":                            false,
		":false":                             true,
		":false,:true,:and,:max":             true,
		":true,:not,:sum":                    true,
		"name,(,),:in":                       true,
		":false,:sum,name,cpu,:eq,:sum,:add": false,
		":false,:sum,1,:add":                 true,
		"-64,:sqrt":                          true,
		":stat-max":                          true,
		"name,cpu,:eq,:sum,max,:stat":        false,
		"name,cpu,:eq,:sum,:stat-max,5,:gt,:filter": false,
	} {
		shown, err := Parse(program, Options{})
		if err != nil || len(shown) != 1 {
			t.Fatalf("%s: %d expressions, %v", program, len(shown), err)
		}
		if got := IsVain(shown[0].Expr); got != want {
			t.Errorf("%s: vain %v, want %v", program, got, want)
		}
	}
}
