package tsdb

import (
	"context"
	"iter"

	"github.com/telamon-tsdb/telamon/tsdb/memseries"
)

// A Ref names a series inside one DB, across restarts; it is never reused. Zero names none.
//
// It is good for an hour of steps of a minute (60 steps) after Resolve, and as long as the series has values in memory;
// after that the DB may have forgotten the series (its values in files remain, and Resolve finds it again) and refuses
// points under the old Ref with ErrUnknownRef.
type Ref uint64

// A Resolver turns the canonical bytes of a tag set (tag.Tags.AppendCanonical) into the reference
// under which its samples are appended. It keeps no reference to the bytes. An error refuses this series and
// says nothing about others.
type Resolver interface {
	Resolve(tags []byte) (Ref, error)
}

// A Point is one sample on its way in, as the client sent it: normalisation onto the step happens
// behind Append.
type Point struct {
	Ref   Ref
	Time  int64 // milliseconds since the epoch
	Value float64
}

// A Refusal names a point of a batch that was not stored, and why.
type Refusal struct {
	Index int // position in the batch
	Err   error
}

// An Appender stores samples. Append returns when the batch is durable: a nil error means that every
// point that is not among the refused survives a crash from then on, and an error that none was
// applied. It keeps no reference to batch.
type Appender interface {
	Append(ctx context.Context, batch []Point) (refused []Refusal, err error)
}

// A Selector yields one column per group of the series that match q, in no particular order. Sum,
// count, min and max merge, so a block or a peer sends groups, not series.
// After an error nothing more is yielded. A store that computes does it in the turn of ctx (package turn), if that has one: it
// begins it, and may return with it.
type Selector interface {
	Select(ctx context.Context, q Query) iter.Seq2[Column, error]
}

// Limits bound what new series may cost. A LimitError refuses one, and a LimitStatus says how far a limit is used up.
type (
	Limits      = memseries.Limits
	LimitError  = memseries.LimitError
	LimitStatus = memseries.LimitStatus
)
