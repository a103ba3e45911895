package atlasjson

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/ingest/internal/payload"
)

// metric wraps the members of one metric in a payload.
func metric(members string) string { return `{"metrics":[{` + members + `}]}` }

// TestDecode lists what a payload may look like. A sample is written "tags @time = value".
func TestDecode(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"plain", metric(`"tags":{"name":"x","a":"b"},"timestamp":5,"value":1.5`), "a=b, name=x @5 = 1.5"},
		{"common tags", `{"tags":{"z":"1","a":"2"},"metrics":[{"tags":{"n":"x"},"timestamp":5,"value":1}]}`, "a=2, n=x, z=1 @5 = 1"},
		{"common tags last", `{"metrics":[{"tags":{"n":"x"},"timestamp":5,"value":1}],"tags":{"z":"1"}}`, "n=x, z=1 @5 = 1"},
		{"own tag wins", `{"tags":{"a":"common"},"metrics":[{"tags":{"a":"own"},"timestamp":5,"value":1}]}`, "a=own @5 = 1"},
		{"no string is no tag", metric(`"tags":{"a":null,"b":1,"c":true,"d":""},"timestamp":5,"value":1`), "d= @5 = 1"},
		{"last of equal keys", metric(`"tags":{"b":"1","a":"2","b":"3"},"timestamp":4,"timestamp":5,"value":1,"value":2`), "a=2, b=3 @5 = 2"},
		{"last of equal tags", metric(`"tags":{"a":"1"},"tags":{"b":"2"},"timestamp":5,"value":1`), "b=2 @5 = 1"},
		{"legacy names", metric(`"tags":{"n":"x"},"start":5,"values":2.5`), "n=x @5 = 2.5"},
		{"legacy array", metric(`"tags":{"n":"x"},"start":5,"values":[7,[8],{"a":9}]`), "n=x @5 = 7"},
		{"legacy string", metric(`"tags":{"n":"x"},"start":5,"values":"7.5"`), "n=x @5 = 7.5"},
		{"nothing but tags", metric(`"tags":{"n":"x"}`), "n=x @-1 = NaN"},
		{"no tags in tags", metric(`"tags":{},"timestamp":5,"value":1`), "NO TAGS @5 = 1"},
		{"value in a string", metric(`"tags":{"n":"x"},"timestamp":5,"value":"Infinity"`), "n=x @5 = +Inf"},
		{"bare words", `{"metrics":[{"tags":{"n":"x"},"timestamp":5,"value":NaN},{"tags":{"n":"x"},"timestamp":5,"value":-Infinity},{"tags":{"n":"x"},"timestamp":5,"value":+INF}]}`,
			"n=x @5 = NaN; n=x @5 = -Inf; n=x @5 = +Inf"},
		{"escapes", metric(`"t\u0061gs":{"n":"\u00e9\n\ud83d\ude00\ud800"},"timestamp":5,"value":1`), "n=é\n😀\ufffd @5 = 1"},
		{"comments", "/* a */ { // b\n\"metrics\" : [ /**/ {\"tags\":{\"n\":\"x\"},\"timestamp\":5,\"value\":1} ] }", "n=x @5 = 1"},
		{"unknown members", metric(`"x":{"tags":[{}]},"tags":{"n":"x"},"timestamp":5,"value":1,"y":[[null,true]]`), "n=x @5 = 1"},
		{"what follows", metric(`"tags":{"n":"x"},"timestamp":5,"value":1`) + "}} anything", "n=x @5 = 1"},
		{"brace in a string", metric(`"tags":{"n}":"x}"},"timestamp":5,"value":1`), "n}=x} @5 = 1"},
		{"byte order mark", "\xef\xbb\xbf" + metric(`"tags":{"n":"x"},"timestamp":5,"value":1`), "n=x @5 = 1"},
		{"empty", "", ""},
		{"blank", " \n// nothing", ""},
		{"null", "null", ""},
		{"array", "[[], 1]", ""},
		{"no metrics", `{"tags":{"a":"b"}}`, ""},
	} {
		samples, err := read(new(Decoder), []byte(c.body))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []string
		for _, s := range samples {
			got = append(got, fmt.Sprintf("%s @%d = %s", s.Tags, s.Time, s.Value))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestDecodeMistakes lists what no payload may look like, with the place of the mistake.
func TestDecodeMistakes(t *testing.T) {
	deep := strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth)
	many := strings.Repeat(`"a":"b",`, maxTags) + `"a":"b"`
	for _, c := range []struct{ body, want string }{
		{`{`, "expected FIELD_NAME but received end of input (line=1, col=2)"},
		{`not json`, "unknown word: want null (line=1, col=1)"},
		{`{"foo":1}`, "invalid field: 'foo' (line=1, col=2)"},
		{`[{"metrics":[]}]`, "expected START_OBJECT but received START_ARRAY (line=1, col=1)"},
		{"{\"metrics\":\n {}}", "expected START_ARRAY but received START_OBJECT (line=2, col=2)"},
		{`{"metrics":[1]}`, "expected START_OBJECT but received VALUE_NUMBER_INT (line=1, col=13)"},
		{`{"metrics":[{}]}`, "metric without tags (line=1, col=13)"},
		{metric(`"tags":null`), "expected START_OBJECT but received VALUE_NULL (line=1, col=21)"},
		{metric(`"tags":{"name":{}}`), "expected VALUE_STRING but received START_OBJECT (line=1, col=29)"},
		{metric(`"timestamp":"5"`), "expected VALUE_NUMBER_INT but received VALUE_STRING (line=1, col=26)"},
		{metric(`"timestamp":1.5e12`), "expected VALUE_NUMBER_INT but received VALUE_NUMBER_FLOAT (line=1, col=26)"},
		{metric(`"timestamp":9223372036854775808`), "timestamp out of range: 9223372036854775808 (line=1, col=26)"},
		{metric(`"value":null`), "expected VALUE_NUMBER_FLOAT but received VALUE_NULL (line=1, col=22)"},
		{metric(`"value":"abc"`), `not a number: "abc" (line=1, col=22)`},
		{metric(`"value":01`), "malformed number: want one or more digits without a leading zero (line=1, col=22)"},
		{metric(`"value":-`), "malformed number: want one or more digits without a leading zero (line=1, col=22)"},
		{metric(`"value":1.`), "malformed number: want digits behind the point (line=1, col=22)"},
		{metric(`"value":1e+`), "malformed number: want digits in the exponent (line=1, col=22)"},
		{metric(`"value":1x`), "malformed number: unexpected 'x' in it (line=1, col=22)"},
		{metric(`"value":Inf`), "unknown word: want Infinity (line=1, col=22)"},
		{metric(`"values":5`), "expected VALUE_NUMBER_FLOAT but received VALUE_NUMBER_INT (line=1, col=23)"},
		{metric(`"values":[]`), "expected VALUE_NUMBER_FLOAT but received END_ARRAY (line=1, col=25)"},
		{metric(`"tags":{"a":"b"} "x":1`), "expected a comma or END_OBJECT but received VALUE_STRING (line=1, col=31)"},
		{metric(`"tags":{"a" "b"}`), "expected a colon but received VALUE_STRING (line=1, col=26)"},
		{metric(`"tags":{"a":"b",}`), "expected FIELD_NAME but received END_OBJECT (line=1, col=30)"},
		{metric("\"tags\":{\"a\":\"\t\"}"), "control character 0x09 in a string: write it as an escape (line=1, col=27)"},
		{metric("\"tags\":{\"a\":\"\xff\"}"), "invalid UTF-8: byte 0xff (line=1, col=27)"},
		{metric(`"tags":{"a":"\x"}`), "illegal escape in a string (line=1, col=27)"},
		{metric(`"tags":{"a":"\u12g4"}`), "illegal escape in a string (line=1, col=27)"},
		{`{"tags":{"a":"b`, "unexpected end of input in a string (line=1, col=16)"},
		{`/* {}`, `expected a value but received '/' (line=1, col=1)`},
		{metric(`"x":[` + deep), "more than 500 arrays and objects inside each other (line=1, col=516)"},
		{metric(`"tags":{` + many), "more than 256 tags in one object (line=1, col=2077)"},
	} {
		_, err := read(new(Decoder), []byte(c.body))
		if err == nil {
			t.Errorf("%.80s: no error", c.body)
		} else if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("%.80s (-want +got):\n%s", c.body, diff)
		}
	}
}

func TestDecodeTooManyMetrics(t *testing.T) {
	body := `{"metrics":[` + strings.Repeat(`{"tags":{}},`, maxSamples) + `{"tags":{}}]}`
	d := new(Decoder)
	if err := d.Decode([]byte(body)); err == nil || d.Len() != 0 {
		t.Errorf("%d samples, error %v", d.Len(), err)
	}
}

// TestDecodeAllocates: nothing, once the slices have grown.
func TestDecodeAllocates(t *testing.T) {
	body := payload.Fleet(0, 200, 1_700_000_040_000) // has no escapes, so that it stays as it is
	for _, memo := range []*ingest.Memo{nil, ingest.NewMemo(1000)} {
		d := &Decoder{Memo: memo}
		n := testing.AllocsPerRun(10, func() {
			if err := d.Decode(body); err != nil {
				t.Fatal(err)
			}
			for i := range d.Len() {
				d.Tags(i)
			}
		})
		if n != 0 {
			t.Errorf("memo %v: %v allocations", memo != nil, n)
		}
	}
}

// TestMemoSparesReading: the second time no tag of a known series is read.
func TestMemoSparesReading(t *testing.T) {
	body := payload.Fleet(0, 200, 1_700_000_040_000)
	d := &Decoder{Memo: ingest.NewMemo(10_000)}
	for round := range 2 {
		if err := d.Decode(body); err != nil {
			t.Fatal(err)
		}
		if want := (1 - round) * len(d.samples); (len(d.pairs) == 0) != (want == 0) {
			t.Errorf("round %d: %d tags were read", round, len(d.pairs))
		}
		for i := range d.Len() {
			d.Memo.Remember(d.Sample(i).Encoded, 7)
		}
	}
}

var javaDoubles = []struct {
	text string
	want float64
	ok   bool
}{
	{"1", 1, true},
	{" 1.5\n", 1.5, true},
	{"+.5", 0.5, true},
	{"5.", 5, true},
	{"1e3", 1000, true},
	{"1E-3d", 0.001, true},
	{"2F", 2, true},
	{"0x1.8p1", 3, true},
	{"-0X.8P+1f", -1, true},
	{"1e999", math.Inf(1), true},
	{"1e-999", 0, true},
	{"-Infinity", math.Inf(-1), true},
	{"+NaN", math.NaN(), true},
	{"", 0, false},
	{"nan", 0, false},
	{"inf", 0, false},
	{"INF", 0, false},
	{"1_000", 0, false},
	{"0x1", 0, false},
	{"0x1_0p1", 0, false},
	{"0x", 0, false},
	{"1e", 0, false},
	{".", 0, false},
	{"1 2", 0, false},
	{"1dd", 0, false},
	{"--1", 0, false},
	{"Infinityd", 0, false},
}

func TestParseJava(t *testing.T) {
	for _, c := range javaDoubles {
		got, ok := parseJava([]byte(c.text))
		if ok != c.ok || got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%q: %v %v, want %v %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

// TestNumbers compares the reading of numbers with strconv, in all lengths of their parts.
func TestNumbers(t *testing.T) {
	digits := rapid.StringMatching(`0|[1-9][0-9]{0,24}`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + digits.Draw(t, "whole") +
			rapid.StringMatching(`(\.[0-9]{1,24})?([eE][-+]?[0-9]{1,3})?`).Draw(t, "rest")
		d := scanner{body: []byte(text)}
		got, err := d.value()
		want, _ := strconv.ParseFloat(text, 64)
		if err != nil || got != want || d.at != len(text) {
			t.Fatalf("%s: %v at %d, error %v; want %v", text, got, d.at, err, want)
		}
		d = scanner{body: []byte(text)}
		ms, err := d.timestamp()
		wantMs, wantErr := strconv.ParseInt(text, 10, 64)
		if ms != wantMs && err == nil || (err != nil) != (wantErr != nil) && wantMs != math.MinInt64 {
			t.Fatalf("timestamp %s: %d, error %v; want %d, %v", text, ms, err, wantMs, wantErr)
		}
	})
}
