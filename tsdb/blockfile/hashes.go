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
// file, and mostly in vain. And it confirms that tags are those of a position. It is a hash table of buckets of eight series on
// average:
//
//	end end end …      hash position  hash position …
//	uint32 each        uint32 uint32
//	of each bucket     of each series, in the order of their hashes, those with the same one by position
//
// With hash h and n buckets, a series is in bucket h·n / 2³². A look-up reads two ends and some eight hashes. Version 2 has but
// the 16 low bits of each hash.
const bucketSeries = 8

// hashedBytes returns how many bytes an entry has.
func hashedBytes(version int) int {
	if version == 2 {
		return 2 + 4
	}
	return 4 + 4
}

// hashOf returns the hash of a tag set in canonical bytes: CRC-32C times an odd number near 2³² / φ, which spreads what a checksum has in
// its low bits only.
func hashOf(canonical []byte) uint32 { return crc32.Checksum(canonical, castagnoli) * 0x9e3779b1 }

// bucketOf returns the bucket of a hash in a file of so many series.
func bucketOf(hash uint32, series int) int {
	return int(uint64(hash) * uint64(divideUp(series, bucketSeries)) >> 32)
}

func hashesBytes(version, series int) int {
	if version == 1 {
		return 0
	}
	return 4*divideUp(series, bucketSeries) + hashedBytes(version)*series
}

// A hashed is the hash of the tags of the series at a position.
type hashed struct{ hash, position uint32 }

// appendHashes appends section hashes of a version; it sorts all.
func appendHashes(dst []byte, version int, all []hashed) []byte {
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
		if version == 2 {
			dst = binary.LittleEndian.AppendUint16(dst, uint16(one.hash))
		} else {
			dst = binary.LittleEndian.AppendUint32(dst, one.hash)
		}
		dst = binary.LittleEndian.AppendUint32(dst, one.position)
	}
	return dst
}

// FindTags returns the position of the series of a shard that has exactly these tags, given in canonical bytes, and
// whether it is in the file. The error matches ErrClosed, or is tag.ErrNotCanonical.
func (r *Reader) FindTags(shard int, canonical []byte) (position uint32, found bool, err error) {
	i, ok := slices.BinarySearchFunc(r.shards, shard, func(s ShardRange, shard int) int { return cmp.Compare(s.Shard, shard) })
	if !ok {
		return 0, false, nil
	}
	err = r.ask(func() (err error) {
		position, found, err = r.findTags(r.shards[i], canonical)
		return err
	})
	return position, found && err == nil && r.Failed() == nil, err
}

func (r *Reader) findTags(shard ShardRange, canonical []byte) (position uint32, found bool, err error) {
	candidates, err := r.mayHave(canonical)
	if err != nil {
		return 0, false, err
	}
	var other []byte
	for _, position := range candidates {
		if position < shard.First || position >= shard.End {
			continue
		}
		for _, checked := range []bool{false, true} { // bytes that are wrong are not the same, or the hash has confirmed them
			if other, err = r.appendCanonical(other[:0], position, checked); err == nil && string(other) == string(canonical) {
				return position, true, nil
			}
		}
		if err != nil {
			return 0, false, err
		}
	}
	return 0, false, nil
}

// bucket returns the entries of the bucket of a hash in b, section hashes, and where they begin in it.
func (r *Reader) bucket(b []byte, hash uint32) (entries []byte, at int, err error) {
	series, size := r.contents.series, hashedBytes(r.file.version)
	bucket, ends := bucketOf(hash, series), 4*divideUp(series, bucketSeries)
	first, end := uint32(0), binary.LittleEndian.Uint32(b[4*bucket:])
	if bucket > 0 {
		first = binary.LittleEndian.Uint32(b[4*bucket-4:])
	}
	if first > end || end > uint32(series) {
		return nil, 0, r.file.damaged(sectionHashes, "bucket %d has the entries from %d to %d", bucket, first, end)
	}
	at = ends + size*int(first)
	return b[at : ends+size*int(end)], at, nil
}

// hasHash reports whether section hashes has a hash for a position.
func (r *Reader) hasHash(hash, position uint32) bool {
	entries, _, err := r.bucket(r.file.unchecked(sectionHashes), hash)
	if err != nil {
		return false
	}
	for ; len(entries) > 0; entries = entries[hashedBytes(formatVersion):] {
		if binary.LittleEndian.Uint32(entries) == hash && binary.LittleEndian.Uint32(entries[4:]) == position {
			return true
		}
	}
	return false
}

// mayHave returns the positions that may have exactly these tags.
func (r *Reader) mayHave(canonical []byte) (candidates []uint32, err error) {
	if r.file.version == 1 || r.file.hashless.Load() {
		return r.haveAll(canonical)
	}
	if r.Len() == 0 {
		return nil, nil
	}
	v, err := r.file.view(sectionHashes)
	if err != nil {
		return nil, err
	}
	hash, size := hashOf(canonical), hashedBytes(r.file.version)
	bucket := bucketOf(hash, r.contents.series)
	var ends, texts mark
	if err := v.check(4*max(0, bucket-1), 4*bucket+4, &ends); err != nil {
		return nil, err
	}
	entries, at, err := r.bucket(v.bytes, hash)
	if err != nil {
		return nil, err
	}
	if err := v.check(at, at+len(entries), &texts); err != nil {
		return nil, err
	}
	for ; len(entries) > 0; entries = entries[size:] {
		low, position := binary.LittleEndian.Uint16(entries), binary.LittleEndian.Uint32(entries[size-4:])
		if low != uint16(hash) || size == 8 && binary.LittleEndian.Uint32(entries) != hash {
			continue
		}
		if position >= uint32(r.contents.series) {
			return nil, r.file.damaged(sectionHashes, "bucket %d has position %d", bucket, position)
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
