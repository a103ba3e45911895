package atlasjson

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/telamon-tsdb/telamon/ingest"
	"github.com/telamon-tsdb/telamon/tsdb"
)

// What one payload may hold at most. Real ones stay below by far; they bound the memory that a
// payload made to hurt can take, to about ten times its size.
const (
	maxSamples = 200_000 // 8 MiB hold 145,000 samples with the shortest valid tags
	maxTags    = 256     // of one metric, and in common; a valid metric has fewer than 50
	maxDepth   = 500     // of arrays and objects in members that are skipped
	maxNumber  = 1000    // characters
)

// A Decoder holds the samples of one payload. It is made to be used again; it is no use to two
// goroutines at a time. The zero value is ready and remembers nothing.
type Decoder struct {
	// Memo, if not nil, is asked for the series of tags that were seen before.
	Memo *ingest.Memo

	in      scanner
	samples []sample
	pairs   []pair // tags of all metrics that were read in full
	common  []pair
	context ingest.Key   // of the common tags
	scratch []byte       // what context is the hash of
	merged  []ingest.Tag // what Tags returned
}

var _ ingest.Source = (*Decoder)(nil)

// A sample is one metric of the payload.
type sample struct {
	time    int64
	value   float64
	series  tsdb.Ref
	encoded ingest.Key
	// raw is the tags object as it stands in the body. Once it isRead, tags are its pairs, as indexes
	// into Decoder.pairs; where the series is known, that has been spared.
	raw, tags span
	isRead    bool
}

// maxKept is the size in bytes of the slices that are kept for the next payload, 4 MiB.
const maxKept = 4 << 20

// Decode reads the payload in body and holds its samples until the next Decode. It keeps body and
// changes bytes in it. Its error is a *SyntaxError; there are no samples then.
func (d *Decoder) Decode(body []byte) error {
	d.reset(body)
	err := d.payload()
	if err != nil {
		d.Reset()
	}
	return err
}

// Reset drops the samples and lets go of the body.
func (d *Decoder) Reset() {
	d.reset(nil)
	clear(d.merged[:cap(d.merged)])
}

func (d *Decoder) reset(body []byte) {
	d.in = scanner{body: body}
	d.samples = reuse(d.samples, maxKept/64)
	d.pairs = reuse(d.pairs, maxKept/16)
	d.common = d.common[:0]
	d.context = ingest.Key{}
}

// reuse returns s without elements, or nil where it has grown past limit.
func reuse[T any](s []T, limit int) []T {
	if cap(s) > limit {
		return nil
	}
	return s[:0]
}

// Len returns the number of samples.
func (d *Decoder) Len() int { return len(d.samples) }

// Sample returns the sample at position i.
func (d *Decoder) Sample(i int) ingest.Sample {
	s := &d.samples[i]
	return ingest.Sample{Time: s.time, Value: s.value, Series: s.series, Encoded: s.encoded}
}

// Tags returns the tags of sample i merged with the common ones, sorted by key. They alias the body
// and are good until the next call.
func (d *Decoder) Tags(i int) []ingest.Tag {
	own := d.ownTags(&d.samples[i])
	common := d.common
	d.merged = d.merged[:0]
	for len(own) > 0 || len(common) > 0 {
		order := 0
		switch {
		case len(own) == 0:
			order = 1
		case len(common) == 0:
			order = -1
		default:
			order = bytes.Compare(d.in.bytes(own[0].key), d.in.bytes(common[0].key))
		}
		next := &own
		if order > 0 {
			next = &common
		}
		d.merged = append(d.merged, ingest.Tag{Key: d.in.bytes((*next)[0].key), Value: d.in.bytes((*next)[0].value)})
		if order == 0 {
			common = common[1:] // the metric's own tag wins
		}
		*next = (*next)[1:]
	}
	return d.merged
}

// ownTags returns the sorted tags of s, reading them now if the memo had spared that.
func (d *Decoder) ownTags(s *sample) []pair {
	if !s.isRead {
		d.in.at = int(s.raw.start)
		first := len(d.pairs)
		if err := d.in.tagObject(&d.pairs); err != nil {
			panic("atlasjson: tags that were read before: " + err.Error())
		}
		s.tags, s.isRead = span{uint32(first), uint32(len(d.pairs))}, true
	}
	return d.pairs[s.tags.start:s.tags.end]
}

// payload reads the outermost value.
func (d *Decoder) payload() error {
	d.in.body = bytes.TrimPrefix(d.in.body, []byte("\xef\xbb\xbf"))
	switch c := d.in.peek(); {
	case d.in.at == len(d.in.body):
		return nil
	case c != '{':
		return d.notAnObject()
	}
	d.in.at++
	commonIsLate := false
	err := d.in.members(func(key span) error {
		switch name := d.in.bytes(key); string(name) {
		case "tags":
			commonIsLate = len(d.samples) > 0
			return d.commonTags()
		case "metrics":
			return d.metrics()
		default:
			d.in.at = int(key.start) - 1
			return d.in.fail("invalid field: '%s'", name)
		}
	})
	if err == nil && commonIsLate {
		d.forgetSeries()
	}
	return err
}

// notAnObject reads a payload of another kind: a scalar or an empty array is an empty payload, for Atlas
// looks for the first member and finds none.
func (d *Decoder) notAnObject() error {
	start := d.in.at
	if err := d.in.skip(0); err != nil {
		return err
	}
	if bytes.IndexByte(d.in.body[start:d.in.at], '{') >= 0 {
		d.in.at = start
		return d.in.fail("expected START_OBJECT but received %s", d.in.tokenName())
	}
	return nil
}

// forgetSeries takes back what the memo said: it was asked before the common tags were known.
func (d *Decoder) forgetSeries() {
	for i := range d.samples {
		s := &d.samples[i]
		d.ownTags(s)
		s.series, s.encoded = 0, ingest.Key{}
	}
}

// commonTags reads the tags of the payload.
func (d *Decoder) commonTags() error {
	d.common, d.context = d.common[:0], ingest.Key{}
	if err := d.in.tagObject(&d.common); err != nil || len(d.common) == 0 || d.Memo == nil {
		return err
	}
	d.scratch = reuse(d.scratch, maxKept)
	for _, one := range d.common {
		for _, part := range [2]span{one.key, one.value} {
			d.scratch = binary.LittleEndian.AppendUint32(d.scratch, part.end-part.start)
			d.scratch = append(d.scratch, d.in.bytes(part)...)
		}
	}
	d.context = d.Memo.Key(ingest.Key{}, d.scratch)
	return nil
}

// metrics reads the array of metrics. If the payload has several the last counts.
func (d *Decoder) metrics() error {
	d.samples, d.pairs = d.samples[:0], d.pairs[:0]
	if d.in.peek() != '[' {
		return d.in.expected("START_ARRAY")
	}
	return d.in.elements(d.metric)
}

// metric reads one element of the array of metrics.
func (d *Decoder) metric() error {
	if len(d.samples) == maxSamples {
		return d.in.fail("more than %d metrics in one payload: send several", maxSamples)
	}
	if d.in.peek() != '{' {
		return d.in.expected("START_OBJECT")
	}
	start := d.in.at
	d.in.at++
	s := sample{time: -1, value: math.NaN()}
	err := d.in.members(func(key span) (err error) {
		switch string(d.in.bytes(key)) {
		case "tags":
			err = d.metricTags(&s)
		case "timestamp", "start":
			s.time, err = d.in.timestamp()
		case "value":
			s.value, err = d.in.value()
		case "values":
			s.value, err = d.in.legacyValues()
		default:
			err = d.in.skip(2)
		}
		return err
	})
	if err != nil {
		return err
	}
	if s.raw == (span{}) {
		d.in.at = start
		return d.in.fail("metric without tags")
	}
	d.samples = append(d.samples, s)
	return nil
}

// metricTags reads the tags of one metric, or recognises them.
func (d *Decoder) metricTags(s *sample) error {
	d.in.peek()
	start, end := d.in.at, 0
	s.series, s.encoded = 0, ingest.Key{}
	if d.Memo != nil {
		// If the object holds no brace, it ends at the first one. If it does, then what was cut off is no object
		// as a whole and nobody can have read it as one: the memo does not know it.
		end = d.in.objectEnd()
		if end > start {
			s.encoded = d.Memo.Key(d.context, d.in.body[start:end])
			s.series = d.Memo.Lookup(s.encoded)
		}
		if s.series != 0 {
			s.raw, s.isRead = span{uint32(start), uint32(end)}, false
			d.in.at = end
			return nil
		}
	}
	first := len(d.pairs)
	if err := d.in.tagObject(&d.pairs); err != nil {
		return err
	}
	if d.in.at != end {
		s.encoded = ingest.Key{}
	}
	s.raw = span{uint32(start), uint32(d.in.at)}
	s.tags, s.isRead = span{uint32(first), uint32(len(d.pairs))}, true
	return nil
}
