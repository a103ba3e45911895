package edge

import (
	"testing"
)

func TestChooseCoding(t *testing.T) {
	for header, want := range map[string]string{
		"":                               "identity",
		"gzip":                           "gzip",
		"gzip, deflate, br":              "gzip",
		"deflate":                        "deflate",
		"br":                             "identity",
		"*":                              "identity",
		"identity, gzip":                 "identity",
		"gzip;q=0.5, deflate;q=0.9":      "deflate",
		"GZIP":                           "gzip",
		"gzip;q=1.0, *;q=0.1":            "gzip",
		"gzip;q=0, identity;q=0":         "refused",
		"*;q=0":                          "refused",
		"gzip;q=nonsense":                "gzip",
		"gzip;level=9;q=0.2, deflate;q=": "deflate",
		",,;":                            "identity",
	} {
		got, ok := chooseCoding([]string{header})
		if !ok {
			got = "refused"
		}
		if got != want {
			t.Errorf("Accept-Encoding %q: %s, want %s", header, got, want)
		}
	}
}
