package ingest

import (
	"strings"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// TestTimeHint: a timestamp in another unit is told from one that is old or early.
func TestTimeHint(t *testing.T) {
	const now, age = 1_796_075_242_337, 900_000
	for timestamp, want := range map[int64]string{
		1_796_075_242:             "timestamps are milliseconds; 1796075242 looks like seconds",
		1_796_075_242_337_000:     "timestamps are milliseconds; 1796075242337000 looks like microseconds",
		1_796_075_242_337_000_000: "timestamps are milliseconds; 1796075242337000000 looks like nanoseconds",
		0:                         "timestamps are milliseconds since 1970; 0 is no time",
		-5:                        "timestamps are milliseconds since 1970; -5 is before",
		-1 << 63:                  "timestamps are milliseconds since 1970; -9223372036854775808 is before",
		1<<63 - 1:                 "it is 292471151 years ahead of the server's clock, and at most --max-age (15m0s) is taken",
		now - 901_000:             "it is 15m0s old, and at most --max-age (15m0s) is taken",
		now - 26*3600_000:         "it is 26h0m0s old, and at most --max-age (15m0s) is taken",
		now - 3*365*24*3600_000:   "it is 3 years old, and at most --max-age (15m0s) is taken",
		now + 61_000:              "it is 1m1s ahead of the server's clock, and at most --max-age (15m0s) is taken",
		now + 50*365*24*3600_000:  "it is 50 years ahead of the server's clock, and at most --max-age (15m0s) is taken",
		12:                        "it is 56 years old, and at most --max-age (15m0s) is taken",
	} {
		if got := timeHint(now, timestamp, age, "--max-age"); got != want {
			t.Errorf("%d: %q, want %q", timestamp, got, want)
		}
	}
}

// TestHints: what a rule asks for is said as people write it.
func TestHints(t *testing.T) {
	for _, c := range []struct {
		tags tag.Tags
		want string
	}{
		{tag.New("name", "xx", "kk", "a b"), "letters a-z and A-Z, digits, and . - _ ~ ^ are allowed, and a blank is not"},
		{tag.New("name", "xx", "k/k", "v"), "and U+002F '/' is not"},
		{tag.New("name", "caf\u00e9"), "and U+00E9 'é' is not"},
		{tag.New("name", "xx\n"), "and U+000A is not"},
		{tag.New("name", "xx\u202e"), "and U+202E is not"},
		{tag.New("name", "x"), "names have 2 to 255 characters"},
		{tag.New("name", "xx", "kk", strings.Repeat("v", 121)), "values have 1 to 120 characters"},
		{tag.New("name", "xx", "a", "b"), "keys have 2 to 60 characters"},
		{userTags(21), "a metric has at most 20 tags, not counting those that begin with nf. or atlas."},
		{tag.New("name", "xx", "atlas.foo", "v"), "the keys there are with it: atlas.aggr, atlas.dstype, atlas.legacy, atlas.offset"},
		{tag.New("name", "xx", "nf.foo", "v"), "nf.vpc, nf.zone"},
		{tag.New("kk", "xx"), ""},
	} {
		limits := Limits{}.withDefaults()
		tags := tagsOf(c.tags)
		v, ok := limits.check(tags)
		if got := v.hint(&limits, tags); ok || !strings.HasSuffix(got, c.want) {
			t.Errorf("%v: %q, want %q", c.tags, got, c.want)
		}
	}
}
