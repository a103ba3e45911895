package ingest

import (
	"hash/maphash"
	"math/bits"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb"
)

// A Key stands for the encoded tags of a sample: 128 bits of keyed hash. The zero Key stands for none.
type Key struct{ a, b uint64 }

// memoShards is the number of independently locked parts of a Memo; a power of two. Two dozen
// requests decode at the same time at most, so that two rarely want the same part.
const memoShards = 64

// A Memo remembers which series stands behind tags that were already decoded, checked and resolved,
// by a hash of their encoded form. Only accepted tags are in it, so that a hit needs no further check.
//
// The encoded bytes themselves are not kept, which saves some 300 bytes a series. A false hit needs two
// encodings that agree in 128 bits hashed under seeds that never leave the process: for 2^30
// encodings the odds are below 2^-68.
//
// Its bound is the number of series given to NewMemo; where it is full an arbitrary one is forgotten.
// All methods may be called at the same time.
type Memo struct {
	seedA, seedB maphash.Seed
	shardLimit   int
	shards       [memoShards]memoShard
}

type memoShard struct {
	mu     sync.Mutex // guards series
	series map[Key]tsdb.Ref
	_      [64 - 16]byte // a cache line of its own
}

// NewMemo returns an empty memo that holds about limit series at most.
func NewMemo(limit int) *Memo {
	m := &Memo{
		seedA:      maphash.MakeSeed(),
		seedB:      maphash.MakeSeed(),
		shardLimit: max(1, limit/memoShards),
	}
	for i := range m.shards {
		m.shards[i].series = make(map[Key]tsdb.Ref)
	}
	return m
}

// Key returns the key of tags encoded as these bytes, in a context: the Key of whatever else decides
// what the bytes mean, such as tags common to the request. The zero Key is the empty context.
func (m *Memo) Key(context Key, encoded []byte) Key {
	// The rotation keeps "A in the context of B" apart from "B in the context of A".
	return Key{
		a: maphash.Bytes(m.seedA, encoded) ^ bits.RotateLeft64(context.a, 21),
		b: maphash.Bytes(m.seedB, encoded) ^ bits.RotateLeft64(context.b, 21),
	}
}

// Lookup returns the series remembered under k, or zero.
func (m *Memo) Lookup(k Key) tsdb.Ref {
	shard := m.shard(k)
	shard.mu.Lock()
	ref := shard.series[k]
	shard.mu.Unlock()
	return ref
}

// Remember puts down that k stands for ref, of which the tags were accepted. The zero Key is ignored.
func (m *Memo) Remember(k Key, ref tsdb.Ref) {
	if k == (Key{}) {
		return
	}
	shard := m.shard(k)
	shard.mu.Lock()
	defer shard.mu.Unlock()
	if len(shard.series) >= m.shardLimit {
		for victim := range shard.series {
			delete(shard.series, victim)
			break
		}
	}
	shard.series[k] = ref
}

// Forget drops k, so that its series is resolved anew.
func (m *Memo) Forget(k Key) {
	shard := m.shard(k)
	shard.mu.Lock()
	delete(shard.series, k)
	shard.mu.Unlock()
}

// Len returns the number of series that are remembered.
func (m *Memo) Len() int {
	n := 0
	for i := range m.shards {
		shard := &m.shards[i]
		shard.mu.Lock()
		n += len(shard.series)
		shard.mu.Unlock()
	}
	return n
}

func (m *Memo) shard(k Key) *memoShard { return &m.shards[k.a%memoShards] }
