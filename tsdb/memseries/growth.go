package memseries

import (
	"cmp"
	"hash/maphash"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A growth tells which key has got the most new values of late: where a limit is reached, that is the one that somebody
// has to look at, and not the key that has always had the most. It counts by the hour, the present one and the one
// before, and counts values of refused series, too, each once: a key goes on to grow while nothing of it is taken.
type growth struct {
	hour    int64
	keys    map[string]*keyGrowth
	leader  *keyGrowth // the one that grew most; nil: none grew
	seed    maphash.Seed
	refused map[uint64]struct{} // hashes of the tags of refused series that were counted
}

// A keyGrowth is what is known of one key.
type keyGrowth struct {
	key         string
	value       string // the newest
	now, before int    // new values in the hour and in the one before
	since       time.Time
}

// maxRefusedTags bounds the tags of refused series that are told apart in one or two hours.
const maxRefusedTags = 1 << 16

func newGrowth() *growth {
	return &growth{keys: make(map[string]*keyGrowth), refused: make(map[uint64]struct{}), seed: maphash.MakeSeed()}
}

// total returns how many values were new; no growth has none.
func (k *keyGrowth) total() int {
	if k == nil {
		return 0
	}
	return k.now + k.before
}

// gain counts a new value of a key.
func (g *growth) gain(one tag.Tag, now time.Time) {
	g.roll(now)
	k := g.keys[one.Key]
	if k == nil {
		k = &keyGrowth{key: strings.Clone(one.Key), since: now}
		g.keys[k.key] = k
	}
	k.value = strings.Clone(one.Value)
	k.now++
	if k.total() > g.leader.total() {
		g.leader = k
	}
}

// attempt counts a new value that a refused series has, if it was not counted before.
func (g *growth) attempt(one tag.Tag, now time.Time) {
	g.roll(now)
	hash := maphash.Comparable(g.seed, one)
	if _, seen := g.refused[hash]; seen || len(g.refused) >= maxRefusedTags {
		return
	}
	g.refused[hash] = struct{}{}
	g.gain(one, now)
}

// of returns how much a key grew.
func (g *growth) of(key string) int { return g.keys[key].total() }

// roll begins another hour of the clock. One that leaps starts anew.
func (g *growth) roll(now time.Time) {
	hour := now.Unix() / 3600
	if hour == g.hour {
		return
	}
	next := hour == g.hour+1
	g.hour, g.leader = hour, nil
	clear(g.refused)
	for key, k := range g.keys {
		if k.before, k.now = k.now, 0; !next || k.before == 0 {
			delete(g.keys, key)
			continue
		}
		if c := cmp.Compare(k.total(), g.leader.total()); c > 0 || c == 0 && k.key < g.leader.key {
			g.leader = k
		}
	}
}

// A culprit is the key that is said to have used up a limit. It stays so until another one has grown by more, or there is
// room again.
type culprit struct {
	key   string // "": there is none
	value string // the newest, for an example
	grown int    // by how many values it grew; all that it has, if it was not seen growing
	since time.Time
}

// accuse returns the culprit now that a limit has been reached. A key that grew by less than least values did not do it.
func (c culprit) accuse(g *growth, counts *valueCounts, least int) culprit {
	if leader := g.leader; leader.total() >= least && (leader.key == c.key || leader.total() > c.grown) {
		c = culprit{leader.key, leader.value, max(leader.total(), c.grownOf(leader.key)), c.sinceOf(leader)}
	}
	if c.key == "" { // nobody was seen growing: it was before the start
		for key, values := range counts.keys {
			if n := values.len(); n > c.grown || n == c.grown && key < c.key {
				c = culprit{key: key, grown: n}
			}
		}
	}
	return c
}

// grownOf returns by how much the key grew when it was accused; 0: it was not.
func (c culprit) grownOf(key string) int {
	if key != c.key {
		return 0
	}
	return c.grown
}

// sinceOf returns the earlier of the times since when a key is known to grow.
func (c culprit) sinceOf(k *keyGrowth) time.Time {
	if c.key == k.key && !c.since.IsZero() && c.since.Before(k.since) {
		return c.since
	}
	return k.since
}
