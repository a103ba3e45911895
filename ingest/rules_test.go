package ingest

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

func tagsOf(set tag.Tags) []Tag {
	var tags []Tag
	for _, one := range set {
		tags = append(tags, Tag{[]byte(one.Key), []byte(one.Value)})
	}
	return tags
}

// userTags returns "name" and n-1 more tags that count as the user's.
func userTags(n int) tag.Tags {
	set := tag.New("name", "xx")
	for i := range n - 1 {
		set = append(set, tag.Tag{Key: fmt.Sprintf("uu%02d", i), Value: "v"})
	}
	return set
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		tags tag.Tags
		want string // the reason; empty if the tags are fine
	}{
		{tag.New("name", "xx"), ""},
		{tag.New("name", "a.b-c_d^e~f", "nf.app", "www", "atlas.dstype", "gauge"), ""},
		{tag.New("atlas.dstype", "gauge"), "missing key 'name'"},
		{tag.New(), "missing key 'name'"},
		{tag.New("name", "xx", "a", "b"), "key too short: [a] (1 < 2)"},
		{tag.New("name", "xx", strings.Repeat("k", 60), "b"), ""},
		{tag.New("name", "xx", strings.Repeat("k", 61), "b"), "key too long: [" + strings.Repeat("k", 61) + "] (61 > 60)"},
		{tag.New("name", "x"), "value too short: name = [x] (1 < 2)"},
		{tag.New("name", strings.Repeat("x", 255), "kk", strings.Repeat("v", 120)), ""},
		{tag.New("name", strings.Repeat("x", 256)), "value too long: name = [" + strings.Repeat("x", 256) + "] (256 > 255)"},
		{tag.New("name", "xx", "kk", ""), "value too short: kk = [] (0 < 1)"},
		{tag.New("name", "xx", "kk", strings.Repeat("v", 121)), "value too long: kk = [" + strings.Repeat("v", 121) + "] (121 > 120)"},
		// Lengths are UTF-16 units, and all lengths come before all characters.
		{tag.New("name", "xx", "kk", strings.Repeat("é", 120)), "invalid characters in value: kk = [" + strings.Repeat("é", 120) + "] ([--.0-9A-Z^_a-z~] are allowed)"},
		{tag.New("name", "xx", "kk", strings.Repeat("😀", 61)), "value too long: kk = [" + strings.Repeat("😀", 61) + "] (122 > 120)"},
		{tag.New("name", "xx", "a b", "x"), "invalid characters in key: [a b] ([--.0-9A-Z^_a-z~] are allowed)"},
		{tag.New("name", "xx", "k1", "a b", "k2", "c d"), "invalid characters in value: k1 = [a b] ([--.0-9A-Z^_a-z~] are allowed)"},
		{userTags(20), ""},
		{userTags(21), "too many user tags: 21 > 20"},
		{tag.Sort(append(userTags(20), tag.Tag{Key: "nf.app", Value: "a"}, tag.Tag{Key: "atlas.legacy", Value: "a"})), ""},
		{tag.New("name", "xx", "atlas.foo", "v", "nf.foo", "v"), "invalid key for reserved prefix 'atlas.': atlas.foo"},
		{tag.New("name", "xx", "nf.foo", "v"), "invalid key for reserved prefix 'nf.': nf.foo"},
		{tag.New("name", "xx", "nf.", "v"), "invalid key for reserved prefix 'nf.': nf."},
		{tag.New("name", "xx", "nf.country.rollup", "v", "NF.app", "v", "nf", "v"), ""},
	} {
		limits := Limits{}.withDefaults()
		tags := tagsOf(c.tags)
		got := ""
		if v, ok := limits.check(tags); !ok {
			got = v.reason(tags)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.tags, diff)
		}
	}
}

func TestLimitsOverride(t *testing.T) {
	limits := Limits{MaxUserTags: 2, MinKey: 1}.withDefaults()
	if v, ok := limits.check(tagsOf(tag.New("name", "xx", "a", "b"))); !ok {
		t.Errorf("violation %+v", v)
	}
	if _, ok := limits.check(tagsOf(tag.New("name", "xx", "a", "b", "c", "d"))); ok {
		t.Error("three tags pass a limit of two")
	}
}

func TestUTF16Len(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if got, want := utf16Len([]byte(s)), len(utf16.Encode([]rune(s))); got != want {
			t.Fatalf("%q: %d, want %d", s, got, want)
		}
	})
}

// TestAppendCanonical: the bytes are those of package tag.
func TestAppendCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := tag.FromMap(rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "tags"))
		if diff := cmp.Diff(set.AppendCanonical(nil), appendCanonical(nil, tagsOf(set))); diff != "" {
			t.Fatalf("%v (-tag +ingest):\n%s", set, diff)
		}
	})
}
