package ingest

import "github.com/telamon-tsdb/telamon/tsdb"

// A Tag is one tag of a sample, as bytes of whoever decoded it.
type Tag struct{ Key, Value []byte }

// A Sample is one value on its way in, without its tags.
type Sample struct {
	Time  int64 // milliseconds since the epoch; -1 where the client sent none
	Value float64
	// Series is the series, if the decoder's Memo knew the encoded tags; otherwise zero.
	Series tsdb.Ref
	// Encoded stands for the encoded tags; the zero Key if they are not to be remembered.
	Encoded Key
}

// A Source holds the decoded samples of one request. The Pipeline may go through it more than once.
type Source interface {
	// Len returns the number of samples.
	Len() int
	// Sample returns the sample at position i.
	Sample(i int) Sample
	// Tags returns the tags of the sample at position i, sorted by key (bytewise), no key twice.
	// The slice and the bytes are the source's and good until its next call.
	Tags(i int) []Tag
}
