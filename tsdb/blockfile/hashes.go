package blockfile

import (
	"cmp"
	"context"
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Section hashes finds a series by all of its tags: what a store asks for each series that it does not know, of every
// file, and mostly in vain. It is a hash table of buckets of eight series on average:
//
//	end end end …      fingerprint position  fingerprint position …
//	uint32 each        uint16      uint32
//	of each bucket     of each series, in the order of their hashes, those with the same one by position
//
// With hash h and n buckets, a series is in bucket h·n / 2³², and its fingerprint is the 16 low bits of h. A look-up reads
// two ends, some eight fingerprints, and the tags of a position for 1 in 8,000 series that are not there.
const (
	bucketSeries = 8
	hashedBytes  = 6
)

// hashOf returns the hash of a tag set in canonical bytes: CRC-32C times an odd number near 2³² / φ, which spreads what a checksum has in
// its low bits only.
func hashOf(canonical []byte) uint32 { return crc32.Checksum(canonical, castagnoli) * 0x9e3779b1 }

// bucketOf returns the bucket of a hash in a file of so many series.
func bucketOf(hash uint32, series int) int {
	return int(uint64(hash) * uint64(divideUp(series, bucketSeries)) >> 32)
}

func hashesBytes(series int) int { return 4*divideUp(series, bucketSeries) + hashedBytes*series }

// A hashed is the hash of the tags of the series at a position.
type hashed struct{ hash, position uint32 }

// appendHashes appends section hashes; it sorts all.
func appendHashes(dst []byte, all []hashed) []byte {
	slices.SortFunc(all, func(a, b hashed) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.position, b.position))
	})
	end := 0
	for bucket := range divideUp(len(all), bucketSeries) {
		for end < len(all) && bucketOf(all[end].hash, len(all)) == bucket {
			end++
		}
		dst = binary.LittleEndian.AppendUint32(dst, uint32(end))
	}
	for _, one := range all {
		dst = binary.LittleEndian.AppendUint16(dst, uint16(one.hash))
		dst = binary.LittleEndian.AppendUint32(dst, one.position)
	}
	return dst
}

// FindTags returns the position of the series of a shard that has exactly these tags, given in canonical bytes, and
// whether it is in the file. The error matches ErrDamaged or ErrClosed, or is tag.ErrNotCanonical.
func (r *Reader) FindTags(shard int, canonical []byte) (position uint32, found bool, err error) {
	a, err := r.enter()
	if err != nil {
		return 0, false, err
	}
	defer a.leave(&err)
	i, ok := slices.BinarySearchFunc(r.shards, shard, func(s ShardRange, shard int) int { return cmp.Compare(s.Shard, shard) })
	if !ok {
		return 0, false, nil
	}
	candidates, err := r.mayHave(canonical)
	if err != nil {
		return 0, false, err
	}
	var other []byte
	for _, position := range candidates {
		if position < r.shards[i].First || position >= r.shards[i].End {
			continue
		}
		if other, err = r.appendCanonical(other[:0], position); err != nil {
			return 0, false, err
		}
		if string(other) == string(canonical) {
			return position, true, nil
		}
	}
	return 0, false, nil
}

// mayHave returns the positions that may have exactly these tags.
func (r *Reader) mayHave(canonical []byte) (candidates []uint32, err error) {
	if r.version == 1 {
		return r.haveAll(canonical)
	}
	b, err := r.section(sectionHashes)
	if err != nil {
		return nil, err
	}
	hash, series := hashOf(canonical), r.foot.series
	bucket := bucketOf(hash, series)
	ends, entries := b[:4*divideUp(series, bucketSeries)], b[4*divideUp(series, bucketSeries):]
	first := uint32(0)
	if bucket > 0 {
		first = binary.LittleEndian.Uint32(ends[4*bucket-4:])
	}
	end := binary.LittleEndian.Uint32(ends[4*bucket:])
	if first > end || end > uint32(series) {
		return nil, r.damaged(sectionHashes, "bucket %d has the entries from %d to %d", bucket, first, end)
	}
	for entries = entries[hashedBytes*first : hashedBytes*end]; len(entries) > 0; entries = entries[hashedBytes:] {
		if binary.LittleEndian.Uint16(entries) != uint16(hash) {
			continue
		}
		position := binary.LittleEndian.Uint32(entries[2:])
		if position >= uint32(series) {
			return nil, r.damaged(sectionHashes, "bucket %d has position %d", bucket, position)
		}
		candidates = append(candidates, position)
	}
	return candidates, nil
}

// haveAll is mayHave for files without hashes: the series that have all of the tags, and perhaps others.
func (r *Reader) haveAll(canonical []byte) ([]uint32, error) {
	tags, err := tag.ParseCanonical(canonical)
	if err != nil {
		return nil, err
	}
	var all tag.Predicate = tag.True{}
	for _, one := range tags {
		all = tag.And{Left: all, Right: tag.Equal(one)}
	}
	x, err := r.index(context.Background()) // some positions: it ends soon
	if err != nil {
		return nil, err
	}
	selected, err := x.resolve(all)
	if err != nil {
		return nil, err
	}
	return selected.positions(), nil
}

// hashes checks that every series is where it is looked for.
func (v *verification) hashes() error {
	if v.r.version == 1 {
		return nil
	}
	b, err := v.r.section(sectionHashes)
	if err != nil {
		return err
	}
	all := make([]hashed, v.r.Len())
	var canonical []byte
	for position := range all {
		if canonical, err = v.r.appendCanonical(canonical[:0], uint32(position)); err != nil {
			return err
		}
		all[position] = hashed{hashOf(canonical), uint32(position)}
	}
	if string(appendHashes(nil, all)) != string(b) {
		return v.r.damaged(sectionHashes, "the hashes are not those of the series' tags")
	}
	return nil
}
