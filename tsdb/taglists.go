package tsdb

import "strings"

// mergeTags adds lists up that are in bytewise order each, into one of at most limit entries; 0 is no limit. The
// result may be one of them.
//
//	api.a 3   api.c 1   ─┐
//	api.a 2   api.b 5   ─┴►  api.a 5   api.b 5   api.c 1
func mergeTags(lists [][]TagCount, limit int) []TagCount {
	switch len(lists) {
	case 0:
		return nil
	case 1:
		if limit > 0 && len(lists[0]) > limit {
			return lists[0][:limit]
		}
		return lists[0]
	}
	half := len(lists) / 2
	a, b := mergeTags(lists[:half], limit), mergeTags(lists[half:], limit)
	merged := make([]TagCount, 0, max(len(a), len(b)))
	for (len(a) > 0 || len(b) > 0) && (limit == 0 || len(merged) < limit) {
		order := 0
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = strings.Compare(a[0].Text, b[0].Text)
		}
		switch {
		case order < 0:
			merged, a = append(merged, a[0]), a[1:]
		case order > 0:
			merged, b = append(merged, b[0]), b[1:]
		default:
			merged = append(merged, TagCount{Text: a[0].Text, Series: a[0].Series + b[0].Series})
			a, b = a[1:], b[1:]
		}
	}
	return merged
}
