package tag

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Keys with a meaning inside the system.
const (
	// Name is the key of the metric name; every series has it.
	Name = "name"
	// DataSourceType is the key whose value (counter, gauge, rate, sum) decides
	// normalisation on the way in and consolidation on the way out.
	DataSourceType = "atlas.dstype"
)

// A Tag is one dimension of a series.
type Tag struct{ Key, Value string }

// Tags identify a series. They are sorted by key, bytewise, and no key occurs twice; every
// function here keeps that promise and counts on it. The zero value is the empty set.
type Tags []Tag

// New returns the tags given as alternating keys and values, in any order. It is meant for
// literals: it panics on an odd number of strings. Of a key given twice the last value wins.
func New(pairs ...string) Tags {
	if len(pairs)%2 != 0 {
		panic("tag: New needs pairs of key and value")
	}
	t := make(Tags, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		t = append(t, Tag{pairs[i], pairs[i+1]})
	}
	return Sort(t)
}

// FromMap returns the tags of m.
func FromMap(m map[string]string) Tags {
	t := make(Tags, 0, len(m))
	for k, v := range m {
		t = append(t, Tag{k, v})
	}
	return Sort(t)
}

// Sort sorts t by key in place and drops all but the last of equal keys. It returns the shortened slice.
func Sort(t Tags) Tags {
	slices.SortStableFunc(t, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	kept := t[:0]
	for i, one := range t {
		if i+1 < len(t) && t[i+1].Key == one.Key {
			continue
		}
		kept = append(kept, one)
	}
	return kept
}

// Get returns the value of key, and whether t has it.
func (t Tags) Get(key string) (value string, ok bool) {
	// Series have about ten tags: a scan beats a binary search.
	for i := range t {
		if t[i].Key == key {
			return t[i].Value, true
		}
	}
	return "", false
}

// Map returns t as a new map.
func (t Tags) Map() map[string]string {
	m := make(map[string]string, len(t))
	for _, one := range t {
		m[one.Key] = one.Value
	}
	return m
}

// Only returns the tags of t whose key is among keys. The result is a new slice.
func (t Tags) Only(keys []string) Tags {
	var kept Tags
	for _, one := range t {
		if slices.Contains(keys, one.Key) {
			kept = append(kept, one)
		}
	}
	return kept
}

// String returns "k=v, k=v", the label of a series that has no other; the empty set is "NO TAGS".
func (t Tags) String() string {
	if len(t) == 0 {
		return "NO TAGS"
	}
	var b strings.Builder
	for i, one := range t {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(one.Key)
		b.WriteByte('=')
		b.WriteString(one.Value)
	}
	return b.String()
}

// An ID names a series on the wire: the SHA-1 of "k1=v1,k2=v2,…" in key order, as in Atlas
// (nothing is escaped). IDs order as their bytes.
type ID [sha1.Size]byte

// ID returns the identity of the series that t names.
func (t Tags) ID() ID {
	var buf [512]byte
	b := buf[:0]
	for i, one := range t {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, one.Key...)
		b = append(b, '=')
		b = append(b, one.Value...)
	}
	return sha1.Sum(b)
}

// String returns id as 40 lower-case hex digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// AppendCanonical appends the canonical bytes of t to dst: for each tag in key order the length of
// the key as a uvarint, the key, the length of the value, the value. Equal tags have equal bytes
// and different tags different ones, whatever characters they hold.
func (t Tags) AppendCanonical(dst []byte) []byte {
	for _, one := range t {
		dst = appendString(dst, one.Key)
		dst = appendString(dst, one.Value)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// ErrNotCanonical reports bytes that AppendCanonical did not write.
var ErrNotCanonical = errors.New("not the canonical bytes of a tag set")

// usualTags is more than most series have.
const usualTags = 16

// ParseCanonical is the inverse of AppendCanonical. The result shares no memory with b.
// Its error is ErrNotCanonical with the offset of the first offence.
func ParseCanonical(b []byte) (Tags, error) {
	var parsed [usualTags]Tag
	t, err := AppendParsed(parsed[:0], string(b)) // one allocation that all keys and values share
	return slices.Clone(t), err
}

// AppendParsed is ParseCanonical, but the tags are appended to dst, and their keys and values are parts of canonical.
// After an error the result is nil.
func AppendParsed(dst Tags, canonical string) (Tags, error) {
	first := len(dst)
	for at := 0; at < len(canonical); {
		key, afterKey, ok := cutString(canonical, at)
		if !ok {
			return nil, fmt.Errorf("%w: key at byte %d", ErrNotCanonical, at)
		}
		value, afterValue, ok := cutString(canonical, afterKey)
		if !ok {
			return nil, fmt.Errorf("%w: value at byte %d", ErrNotCanonical, afterKey)
		}
		if n := len(dst); n > first && dst[n-1].Key >= key {
			return nil, fmt.Errorf("%w: key at byte %d out of order", ErrNotCanonical, at)
		}
		dst = append(dst, Tag{key, value})
		at = afterValue
	}
	return dst, nil
}

// AppendSubset appends to dst the canonical bytes of those tags of canonical whose key is among keys,
// and reports whether all keys were there. canonical must come from AppendCanonical.
func AppendSubset(dst []byte, canonical string, keys []string) (_ []byte, complete bool) {
	if len(keys) == 0 {
		return dst, true
	}
	found := 0
	for at := 0; at < len(canonical) && found < len(keys); {
		key, afterKey, _ := cutString(canonical, at)
		_, next, ok := cutString(canonical, afterKey)
		if !ok {
			panic("tag: AppendSubset of bytes that are not canonical")
		}
		for _, wanted := range keys { // a key listed twice counts twice and is appended once
			if wanted == key {
				found++
			}
		}
		if slices.Contains(keys, key) {
			dst = append(dst, canonical[at:next]...)
		}
		at = next
	}
	return dst, found == len(keys)
}

// cutString reads the length-prefixed string at text[at:] and returns it and the offset behind it.
func cutString(text string, at int) (s string, next int, ok bool) {
	if at < len(text) && text[at] < 0x80 { // as nearly always
		if next = at + 1 + int(text[at]); next <= len(text) {
			return text[at+1 : next], next, true
		}
		return "", 0, false
	}
	var size uint64
	for shift := uint(0); ; shift += 7 {
		if at >= len(text) || shift > 28 {
			return "", 0, false
		}
		c := text[at]
		at++
		size |= uint64(c&0x7f) << shift
		if c < 0x80 {
			if c == 0 && shift > 0 {
				return "", 0, false // a longer form than needed is not canonical
			}
			break
		}
	}
	if size > uint64(len(text)-at) {
		return "", 0, false
	}
	return text[at : at+int(size)], at + int(size), true
}
