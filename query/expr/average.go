package expr

import "github.com/telamon-tsdb/telamon/tsdb/tag"

// An average is the word of a custom average: the sum of a query over the sum of a base query, which
// counts the instances that could have had a value.
type average struct {
	name string
	base tag.Predicate
	keys []string // the keys that the base has
}
