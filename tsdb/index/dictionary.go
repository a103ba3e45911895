package index

import (
	"strings"
	"sync"
)

// A Dictionary has the tags that any of several indexes has, each text once, and numbers the values of a key: a list
// of values is added up over the indexes by number and put in order once, without comparing texts. Indexes enter and
// leave values as their first series comes and their last one goes; that is seldom. It may be used from many
// goroutines.
type Dictionary struct {
	mu   sync.RWMutex // guards keys; comes after the locks of the indexes
	keys ordered[keyNumbers]
	// unused are keys that have had no values when last seen.
	unused []string

	// counting is held for reading while values are counted. Whoever does not get it gives no number again, so that
	// a number means one value as long as a count takes.
	counting sync.RWMutex
}

// keyNumbers are the values of one key.
type keyNumbers struct {
	values ordered[numbered]
	// issued is how many numbers there are; free are those that may be given again, left those that will be.
	issued     uint32
	free, left []uint32
}

// numbered is what is known of a value.
type numbered struct {
	number  uint32 // among the values of the key
	indexes uint32 // how many have it, at least 1
}

// NewDictionary returns one without tags.
func NewDictionary() *Dictionary { return &Dictionary{} }

// enter counts an index that has a value from now on. It returns the text of key and value that all share.
func (d *Dictionary) enter(key, value string) (sharedKey, sharedValue string, number uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.keys.near(key)
	if k == nil {
		k = d.keys.put(strings.Clone(key))
	}
	v := k.values.near(value)
	if v == nil {
		v = k.values.put(strings.Clone(value))
		v.number = k.take(&d.counting)
	}
	v.indexes++
	return d.keys.last(), k.values.last(), v.number
}

// leave is the reverse.
func (d *Dictionary) leave(key, value string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := d.keys.near(key)
	v := k.values.near(value)
	if v.indexes--; v.indexes > 0 {
		return
	}
	k.left = append(k.left, v.number)
	k.values.drop(value)
	if k.values.count == 0 {
		d.unused = append(d.unused, key)
	}
	d.dropUnused()
}

// dropUnused forgets the keys without values. One that came back later would give the same numbers again.
func (d *Dictionary) dropUnused() {
	if len(d.unused) == 0 || !d.counting.TryLock() {
		return
	}
	defer d.counting.Unlock()
	for _, key := range d.unused {
		if k := d.keys.get(key); k != nil && k.values.count == 0 {
			d.keys.drop(key)
		}
	}
	d.unused = nil
}

// take returns a number that no value has and no count that is under way has met.
func (k *keyNumbers) take(counting *sync.RWMutex) uint32 {
	if len(k.free) == 0 && len(k.left) > 0 && counting.TryLock() {
		k.free, k.left = k.left, k.free
		counting.Unlock()
	}
	if last := len(k.free) - 1; last >= 0 {
		number := k.free[last]
		k.free = k.free[:last]
		return number
	}
	k.issued++
	return k.issued - 1
}
