package tag

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawTags draws a tag set; texts are short, so that they collide, and may hold any bytes.
func drawTags(t *rapid.T) Tags {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab=,\x00é")), 0, 3, -1)
	m := rapid.MapOfN(text, text, 0, 6).Draw(t, "tags")
	return FromMap(m)
}

func TestCanonicalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tags := drawTags(t)
		got, err := ParseCanonical(tags.AppendCanonical(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tags.Map(), got.Map()); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
	})
}

func TestAppendSubset(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tags := drawTags(t)
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "ab", "é", ""}), 0, 4, rapid.ID).Draw(t, "keys")
		got, complete := AppendSubset(nil, string(tags.AppendCanonical(nil)), keys)
		subset := tags.Only(keys)
		if want := subset.AppendCanonical(nil); string(got) != string(want) {
			t.Errorf("AppendSubset(%v, %q) = %q, want %q", tags, keys, got, want)
		}
		if complete != (len(subset) == len(keys)) {
			t.Errorf("AppendSubset(%v, %q) says complete %v", tags, keys, complete)
		}
	})
}

func TestParseCanonicalRefuses(t *testing.T) {
	for name, b := range map[string]string{
		"a length without text":       "\x05ab",
		"a key without value":         "\x01a",
		"keys out of order":           "\x01b\x011\x01a\x011",
		"a key twice":                 "\x01a\x011\x01a\x012",
		"a length in too many bytes":  "\x81\x00a\x011",
		"an unending length":          "\xff\xff\xff\xff\xff\xff\xff",
		"a length beyond all reason":  "\xff\xff\xff\xff\x0fa",
		"a value that goes too far":   "\x01a\x7fb",
		"a length and nothing behind": "\x01",
	} {
		if got, err := ParseCanonical([]byte(b)); !errors.Is(err, ErrNotCanonical) {
			t.Errorf("%s: %v, %v; want ErrNotCanonical", name, got, err)
		}
	}
}

func FuzzParseCanonical(f *testing.F) {
	f.Add([]byte("\x01a\x011"))
	f.Add(New("name", "cpu", "nf.app", "www").AppendCanonical(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		tags, err := ParseCanonical(b)
		if err != nil {
			return
		}
		if again := tags.AppendCanonical(nil); string(again) != string(b) {
			t.Errorf("%q parses to %v, whose bytes are %q", b, tags, again)
		}
	})
}

// TestID compares with hashes that Atlas computes: the SHA-1 of the sorted tags, and of nothing.
func TestID(t *testing.T) {
	for want, tags := range map[string]Tags{
		"da39a3ee5e6b4b0d3255bfef95601890afd80709": nil,
		"026a1259bcb5f5cd114d0d9cebd64e18096e5a3d": New("name", "hourOfDay", "atlas.query", "hourOfDay,:time", "atlas.offset", "0w"),
	} {
		if got := tags.ID().String(); got != want {
			t.Errorf("ID of %v = %s, want %s", tags, got, want)
		}
	}
}

func TestSortKeepsTheLast(t *testing.T) {
	got := Sort(Tags{{"b", "1"}, {"a", "1"}, {"b", "2"}})
	if diff := cmp.Diff(Tags{{"a", "1"}, {"b", "2"}}, got); diff != "" {
		t.Errorf("Sort (-want +got):\n%s", diff)
	}
}

func TestPredicates(t *testing.T) {
	tags := New("name", "cpu", "node", "i-1")
	for _, c := range []struct {
		p    Predicate
		want bool
	}{
		{True{}, true},
		{False{}, false},
		{Has{"node"}, true},
		{Has{"zone"}, false},
		{Equal{"name", "cpu"}, true},
		{Equal{"zone", ""}, false},
		{Compare{"node", Less, "i-2"}, true},
		{Compare{"node", Less, "i-1"}, false},
		{Compare{"node", LessOrEqual, "i-1"}, true},
		{Compare{"node", Greater, "i-0"}, true},
		{Compare{"node", GreaterOrEqual, "i-2"}, false},
		{Compare{"zone", Greater, ""}, false},
		{In{"name", []string{"mem", "cpu"}}, true},
		{In{"name", nil}, false},
		{And{True{}, Not{Has{"zone"}}}, true},
		{Or{False{}, Has{"zone"}}, false},
	} {
		if got := c.p.Matches(tags); got != c.want {
			t.Errorf("%#v matches %v: %v, want %v", c.p, tags, got, c.want)
		}
	}
}
