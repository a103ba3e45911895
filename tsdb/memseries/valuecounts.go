package memseries

import (
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// valueCounts count the series that have each value of each key. Series that come or go one after the other mostly have
// the same keys and, of many of those, the same values: what was counted last is compared before it is looked up.
type valueCounts struct {
	keys   map[string]*keyValues
	recent []*keyValues // the keys of the series that was counted last, in its order
	bytes  int          // valueBytes of all values
}

// keyValues are the values of one key.
type keyValues struct {
	key    string
	values map[string]*valueCount
	last   *valueCount // the one that was counted last; nil: there is none, or it is gone
}

type valueCount struct {
	value  string
	series int
}

// key returns the values of the key of a series' tag at position i, nil if there are none.
func (c *valueCounts) key(i int, key string) *keyValues {
	if i < len(c.recent) && c.recent[i].key == key {
		return c.recent[i]
	}
	return c.keys[key]
}

// has reports whether any series has a value. No values have none.
func (k *keyValues) has(value string) bool { return k != nil && k.find(value) != nil }

// len returns the number of values.
func (k *keyValues) len() int {
	if k == nil {
		return 0
	}
	return len(k.values)
}

func (k *keyValues) find(value string) *valueCount {
	if k.last != nil && k.last.value == value {
		return k.last
	}
	return k.values[value]
}

// add counts a series. Bit i of fresh says that the value of tag i is new; of tags behind the 64th nothing is said.
func (c *valueCounts) add(tags tag.Tags) (fresh uint64) {
	if c.keys == nil {
		c.keys = make(map[string]*keyValues)
	}
	for i, one := range tags {
		k := c.key(i, one.Key)
		if k == nil {
			k = &keyValues{key: strings.Clone(one.Key), values: make(map[string]*valueCount)}
			c.keys[k.key] = k
		}
		v := k.find(one.Value)
		if v == nil {
			v = &valueCount{value: strings.Clone(one.Value)}
			k.values[v.value] = v
			fresh |= 1 << i
			c.bytes += valueBytes(v.value)
		}
		v.series++
		k.last = v
		c.setRecent(i, k)
	}
	return fresh
}

// setRecent makes k the key at position i of the series that is being counted.
func (c *valueCounts) setRecent(i int, k *keyValues) {
	if i == len(c.recent) {
		c.recent = append(c.recent, k)
	} else {
		c.recent[i] = k
	}
}

// remove takes back an add.
func (c *valueCounts) remove(tags tag.Tags) {
	for i, one := range tags {
		k := c.key(i, one.Key)
		v := k.find(one.Value)
		if v.series--; v.series > 0 {
			k.last = v
			continue
		}
		delete(k.values, v.value)
		c.bytes -= valueBytes(v.value)
		k.last = nil
		if len(k.values) == 0 {
			delete(c.keys, k.key)
			c.recent = c.recent[:0] // it may be there
		}
	}
}
