package ingest

import (
	"fmt"
	"strconv"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

const nameKey = tag.Name

// maxMessages is the number of messages in a Report; the refused samples are all counted.
const maxMessages = 5

// maxTagsText bounds the tags shown in a message. The largest set of tags within the limits takes
// 8 KiB; only tags that are refused for their length are cut.
const maxTagsText = 16 << 10

// A Report says what came of the samples of one request.
type Report struct {
	Samples int // in the request
	Refused int // of them
	// Messages explains the first refusals, five at most, in the order of the request; what the store
	// refused comes last. Each is "<reason> (tags={...})", as Atlas has it, or that, "; " and a hint of ours.
	Messages []string
}

// Stored returns the number of samples that the store took.
func (r *Report) Stored() int { return r.Samples - r.Refused }

// refuse counts the refusal of sample i of src and, while there is room, explains it. The hint may be "".
func (r *Report) refuse(src Source, i int, explain func(tags []Tag) (reason, hint string)) {
	r.Refused++
	if len(r.Messages) >= maxMessages {
		return
	}
	tags := src.Tags(i)
	reason, hint := explain(tags)
	text := append([]byte(reason), " (tags="...)
	text = append(appendTagsJSON(text, tags), ')')
	if hint != "" {
		text = append(append(text, "; "...), hint...)
	}
	r.Messages = append(r.Messages, string(text))
}

// reason returns the text of v in the words of Atlas.
func (v violation) reason(tags []Tag) string {
	switch v.rule {
	case HasKeyRule:
		return "missing key '" + nameKey + "'"
	case MaxUserTagsRule:
		return fmt.Sprintf("too many user tags: %d > %d", v.size, v.limit)
	case KeyLengthRule:
		return fmt.Sprintf("key too %s: [%s] (%s)", v.longOrShort(), cut(tags[v.tag].Key), v.comparison())
	case NameValueLengthRule:
		return fmt.Sprintf("value too %s: %s = [%s] (%s)", v.longOrShort(), tags[v.tag].Key, cut(tags[v.tag].Value), v.comparison())
	case ValidCharactersRule:
		if v.inValue {
			return fmt.Sprintf("invalid characters in value: %s = [%s] (%s are allowed)", tags[v.tag].Key, tags[v.tag].Value, allowedChars)
		}
		return fmt.Sprintf("invalid characters in key: [%s] (%s are allowed)", tags[v.tag].Key, allowedChars)
	case ReservedKeyRule:
		prefix := nfPrefix
		if hasPrefix(tags[v.tag].Key, atlasPrefix) {
			prefix = atlasPrefix
		}
		return fmt.Sprintf("invalid key for reserved prefix '%s': %s", prefix, tags[v.tag].Key)
	default:
		panic("ingest: " + v.rule.String() + " is not a tag rule")
	}
}

func (v violation) longOrShort() string {
	if v.size > v.limit {
		return "long"
	}
	return "short"
}

func (v violation) comparison() string {
	if v.size > v.limit {
		return fmt.Sprintf("%d > %d", v.size, v.limit)
	}
	return fmt.Sprintf("%d < %d", v.size, v.limit)
}

func cut(b []byte) []byte { return b[:min(len(b), maxTagsText)] }

// appendTagsJSON appends tags as a compact JSON object. Past maxTagsText it ends with "...".
func appendTagsJSON(dst []byte, tags []Tag) []byte {
	dst = append(dst, '{')
	room := maxTagsText
	for i, one := range tags {
		if i > 0 {
			dst = append(dst, ',')
		}
		room -= len(one.Key) + len(one.Value)
		if room < 0 {
			dst = append(dst, "..."...)
			break
		}
		dst = appendJSONString(dst, one.Key)
		dst = append(dst, ':')
		dst = appendJSONString(dst, one.Value)
	}
	return append(dst, '}')
}

// appendJSONString appends s in quotes, escaping only what must be.
func appendJSONString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for _, c := range s {
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			if c >= ' ' {
				dst = append(dst, c)
				continue
			}
			dst = append(dst, `\u00`...)
			if c < 0x10 {
				dst = append(dst, '0')
			}
			dst = strconv.AppendUint(dst, uint64(c), 16)
		}
	}
	return append(dst, '"')
}
