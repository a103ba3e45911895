package atlasjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/tsdb"
)

var seeds = []string{
	``, `null`, `[]`, `[[1,"{"]]`, `{}`, `{"metrics":[]}`, `{"tags":{}}`,
	`{"tags":{"b":"2","a":"1"},"metrics":[{"tags":{"name":"x","a":"3"},"timestamp":1,"value":1.5}]}`,
	`{"metrics":[{"tags":{"name":"x"},"start":-7,"values":[1,{}]},{"tags":{"name":"x"},"value":"0x1p3"}],"tags":{"a":"1"}}`,
	`{"metrics":[{"tags":{"b":"1","a":"2","b":"3"},"timestamp":9223372036854775807,"value":1e400}]}`,
	`{"metrics":[{"tags":{"a}":"}","b":null,"c":5},"x":{"y":[1,{"z":null}]},"value":-0.0,"value":123456789012345678901}]}`,
	`{"metrics":[{"tags":{"\u0061\ud83d\ude00":"\"\\\/\b\f\n\r\t\ud800x"},"value":0.1},{"tags":{"\u0022":null}}]}`,
	`{"metrics":[{"tags":{"é":"日本"},"value":2.2250738585072011e-308}],"metrics":[{"tags":{},"value":"  -1.5f "}]}`,
	"/* c */{\"metrics\":[{\"tags\":{/*}*/\"a\":\"b\"},\"value\":NaN}]} // d\n x",
	`{"metrics":[{"tags":{"a":"b"},"value":-INF},{"tags":{"a":"b"},"value":+Infinity}]}`,
	`{"metrics":[{"tags":{"a":"b"},"value":01}]}`,
	"\xef\xbb\xbf{\"metrics\":[{\"tags\":{\"a\":\"\xff\"}}]}",
}

// FuzzDecode compares the decoder with the plain reader on everything that is strict JSON, and with
// itself: what the memo recognises must have the tags that reading finds.
func FuzzDecode(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d := new(Decoder)
		got, err := read(d, body)
		if err != nil {
			checkPlace(t, body, err)
		}
		checkMemo(t, body, got, err)
		// encoding/json repairs UTF-8, and sees two numbers in "00".
		var raw json.RawMessage
		if !utf8.Valid(body) || json.NewDecoder(bytes.NewReader(body)).Decode(&raw) != nil || bytes.IndexByte([]byte(`{["`), raw[0]) < 0 {
			return
		}
		want, plainErr := readPlain(body)
		if (err != nil) != (plainErr != nil) {
			t.Fatalf("error %v, of the plain reader %v", err, plainErr)
		}
		if err != nil {
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("samples (-plain +ours):\n%s", diff)
		}
	})
}

func checkPlace(t *testing.T, body []byte, err error) {
	var syntax *SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatalf("error of another kind: %v", err)
	}
	if syntax.Offset < 0 || syntax.Offset > len(body) || syntax.Line < 1 || syntax.Column < 1 {
		t.Fatalf("place outside of the body: %+v", syntax)
	}
}

// checkMemo reads body twice more, first into the memo and then from it.
func checkMemo(t *testing.T, body []byte, want []plainSample, wantErr error) {
	d := &Decoder{Memo: ingest.NewMemo(1000)}
	refs := map[string]tsdb.Ref{}
	for round := range 2 {
		got, err := read(d, body)
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("round %d: error %v, without memo %v", round, err, wantErr)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d: samples (-without memo +with):\n%s", round, diff)
		}
		for i, s := range got {
			if refs[s.Tags] == 0 {
				refs[s.Tags] = tsdb.Ref(len(refs) + 1)
			}
			sample := d.Sample(i)
			if sample.Series != 0 && sample.Series != refs[s.Tags] {
				t.Fatalf("round %d: %s is series %d, want %d", round, s.Tags, sample.Series, refs[s.Tags])
			}
			d.Memo.Remember(sample.Encoded, refs[s.Tags])
		}
	}
}

// FuzzJavaDouble: whatever Go's parser and ours both accept they read alike, and nothing panics.
func FuzzJavaDouble(f *testing.F) {
	for _, c := range javaDoubles {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		f, ok := parseJava([]byte(s))
		if !ok && f != 0 {
			t.Errorf("%q: refused but %v", s, f)
		}
	})
}
