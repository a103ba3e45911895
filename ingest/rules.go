package ingest

import (
	"bytes"
	"unicode/utf8"
)

// A Rule is a reason to refuse a sample.
type Rule uint8

// The rules, in the order in which they are tried; the first that fails ends the check of a sample.
const (
	DataTooOld Rule = iota
	DataFromFuture
	HasKeyRule
	KeyLengthRule
	NameValueLengthRule
	ValidCharactersRule
	MaxUserTagsRule
	ReservedKeyRule
	// NewSeriesRule counts the samples of new series beyond what one request may bring.
	NewSeriesRule
	// StoreRule counts what the store itself refused.
	StoreRule

	ruleCount int = iota
)

// String returns the name that Atlas counts failures under.
func (r Rule) String() string {
	return [ruleCount]string{
		"DataTooOld", "DataFromFuture", "HasKeyRule", "KeyLengthRule", "NameValueLengthRule",
		"ValidCharactersRule", "MaxUserTagsRule", "ReservedKeyRule", "NewSeriesRule", "StoreRule",
	}[r]
}

// Limits bounds the tags of a sample. Lengths are UTF-16 code units, as in Atlas. The zero value of a
// field means its default.
type Limits struct {
	MinKey, MaxKey     int // 2, 60
	MinName, MaxName   int // value of "name": 2, 255
	MinValue, MaxValue int // all other values: 1, 120
	MaxUserTags        int // tags outside "atlas." and "nf.", "name" counts: 20
}

func (l Limits) withDefaults() Limits {
	for _, field := range []struct {
		at       *int
		standard int
	}{
		{&l.MinKey, 2}, {&l.MaxKey, 60},
		{&l.MinName, 2}, {&l.MaxName, 255},
		{&l.MinValue, 1}, {&l.MaxValue, 120},
		{&l.MaxUserTags, 20},
	} {
		if *field.at == 0 {
			*field.at = field.standard
		}
	}
	return l
}

// The prefixes that belong to the platform, with the keys that exist under them.
const (
	atlasPrefix = "atlas."
	nfPrefix    = "nf."
)

var (
	atlasKeys = keySet("aggr", "dstype", "offset", "legacy")
	nfKeys    = keySet("account", "ami", "app", "asg", "cluster", "container", "country", "country.rollup",
		"job", "node", "process", "region", "shard1", "shard2", "stack", "subnet", "task", "vmtype", "vpc", "zone")
)

func keySet(keys ...string) map[string]bool {
	set := make(map[string]bool, len(keys))
	for _, k := range keys {
		set[k] = true
	}
	return set
}

// allowedChars is the set of characters in keys and values as messages print it.
const allowedChars = "[--.0-9A-Z^_a-z~]"

var isAllowed = func() (table [256]bool) {
	for c := range len(table) {
		table[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			bytes.IndexByte([]byte("-._^~"), byte(c)) >= 0
	}
	return table
}()

// A violation is what check found: the rule, the tag that breaks it and the measure that was compared.
// Its text is made only where somebody reads it.
type violation struct {
	rule    Rule
	tag     int  // position; -1 where no one tag is to blame
	inValue bool // the value of the tag, not its key
	size    int  // length or count that was compared
	limit   int
}

// check tries the tag rules on tags, which are sorted, and returns the first violation.
//
// Rule by rule over all tags, not tag by tag over all rules: where several are broken, which one is
// named is part of the protocol (Atlas: Rule.validateAll).
func (l *Limits) check(tags []Tag) (v violation, ok bool) {
	if !hasName(tags) {
		return violation{rule: HasKeyRule, tag: -1}, false
	}
	for i := range tags {
		if size := utf16Len(tags[i].Key); size > l.MaxKey {
			return violation{rule: KeyLengthRule, tag: i, size: size, limit: l.MaxKey}, false
		} else if size < l.MinKey {
			return violation{rule: KeyLengthRule, tag: i, size: size, limit: l.MinKey}, false
		}
	}
	for i := range tags {
		least, most := l.MinValue, l.MaxValue
		if string(tags[i].Key) == nameKey {
			least, most = l.MinName, l.MaxName
		}
		if size := utf16Len(tags[i].Value); size > most {
			return violation{rule: NameValueLengthRule, tag: i, size: size, limit: most}, false
		} else if size < least {
			return violation{rule: NameValueLengthRule, tag: i, size: size, limit: least}, false
		}
	}
	for i := range tags {
		if !allAllowed(tags[i].Key) {
			return violation{rule: ValidCharactersRule, tag: i}, false
		}
		if !allAllowed(tags[i].Value) {
			return violation{rule: ValidCharactersRule, tag: i, inValue: true}, false
		}
	}
	if n := countUserTags(tags); n > l.MaxUserTags {
		return violation{rule: MaxUserTagsRule, tag: -1, size: n, limit: l.MaxUserTags}, false
	}
	if i := firstForeign(tags, atlasPrefix, atlasKeys); i >= 0 {
		return violation{rule: ReservedKeyRule, tag: i}, false
	}
	if i := firstForeign(tags, nfPrefix, nfKeys); i >= 0 {
		return violation{rule: ReservedKeyRule, tag: i}, false
	}
	return violation{}, true
}

func hasName(tags []Tag) bool {
	for i := range tags {
		if string(tags[i].Key) == nameKey {
			return true
		}
	}
	return false
}

func countUserTags(tags []Tag) int {
	n := 0
	for i := range tags {
		if !hasPrefix(tags[i].Key, atlasPrefix) && !hasPrefix(tags[i].Key, nfPrefix) {
			n++
		}
	}
	return n
}

// firstForeign returns the position of the first key that starts with prefix and goes on with
// something that is not in known, or -1.
func firstForeign(tags []Tag, prefix string, known map[string]bool) int {
	for i := range tags {
		if key := tags[i].Key; hasPrefix(key, prefix) && !known[string(key[len(prefix):])] {
			return i
		}
	}
	return -1
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

func allAllowed(b []byte) bool {
	for _, c := range b {
		if !isAllowed[c] {
			return false
		}
	}
	return true
}

// utf16Len returns the number of UTF-16 code units of b, which is valid UTF-8.
func utf16Len(b []byte) int {
	n := 0
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return n + utf16LenWide(b[i:])
		}
		n++
	}
	return n
}

// utf16LenWide counts by the leading bytes: those of four-byte sequences are two units, those of the
// other sequences one, and continuation bytes none.
func utf16LenWide(b []byte) int {
	n := 0
	for _, c := range b {
		switch {
		case c >= 0xf0:
			n += 2
		case c < 0x80 || c >= 0xc0:
			n++
		}
	}
	return n
}
