package blockfile

import "fmt"

// contents say how many things a file has and where its sections lie: what its directory, or in versions 1 and 2 its foot,
// tells.
type contents struct {
	series, keys, tags, shards int
	sections                   [numSections]sectionEntry
}

type sectionEntry struct {
	offset, length int64
	checksum       uint32 // of all of it, in versions 1 and 2; 0 for data, which is checked in parts
}

// counts returns the counts in the order in which files have them.
func (c *contents) counts() [4]*int { return [4]*int{&c.series, &c.keys, &c.tags, &c.shards} }

// checkLengths holds the sections to the counts, so that no look-up by number passes a section's end.
func (c *contents) checkLengths(version, runSeries int) error {
	if c.keys > maxKeys {
		return fmt.Errorf("%w: %d keys, at most %d are possible", ErrDamaged, c.keys, maxKeys)
	}
	runs, groups := divideUp(c.series, runSeries), divideUp(c.series, groupSeries)
	for _, want := range []struct {
		section, length int
		exact           bool
	}{
		{sectionRuns, runs * runBytesOf(version), true},
		{sectionShards, c.shards * shardBytes, true},
		{sectionNumbers, c.series * numberBytes, true},
		{sectionKeys, c.keys * (4 + 4), false},
		{sectionTags, c.tags * 4, false},
		{sectionRefs, groups * 4, false},
		{sectionPostings, (c.keys + c.tags) * 4, false},
		{sectionHashes, hashesBytes(version, c.series), true},
	} {
		got := c.sections[want.section].length
		if got < int64(want.length) || want.exact && got > int64(want.length) {
			return fmt.Errorf("%w: section %s has %d bytes, its entries %d",
				ErrDamaged, sectionNames[want.section], got, want.length)
		}
	}
	return nil
}
