package index

import (
	"fmt"
	"hash/crc32"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A fleet is the tags of one shard's series, in the order in which they come: nodes of 100 series each, of services
// whose sizes follow a power law, spread over shards by a hash of the tags as a store does.
func fleet(series, shards int) []tag.Tags {
	all := make([]tag.Tags, 0, series/shards*9/8)
	var canonical []byte
	for i := range series {
		tags := fleetTags(i, series/100)
		canonical = tags.AppendCanonical(canonical[:0])
		if shards == 1 || int(crc32.Checksum(canonical, castagnoli)%uint32(shards)) == 0 {
			all = append(all, tags)
		}
	}
	return all
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// mix spreads x over all 64 bits (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fleetTags returns the tags of series i of a fleet, 8 to 11.
func fleetTags(i, nodes int) tag.Tags {
	node, k := uint64(i/100), i%100
	h := mix(node)
	apps := max(nodes/20, 10)
	app := int(float64(apps) * float64(h%1000) / 1000 * float64(h%1000) / 1000) // small numbers are many
	cluster := fmt.Sprintf("svc%04d-%s", app, []string{"main", "main", "main", "canary", "batch"}[h>>20%5])
	region := []string{"us-east-1", "us-east-1", "us-east-1", "us-west-2", "eu-west-1"}[h>>30%5]
	tags := tag.Tags{
		{Key: "nf.app", Value: fmt.Sprintf("svc%04d", app)},
		{Key: "nf.asg", Value: fmt.Sprintf("%s-v%03d", cluster, mix(uint64(app))%400+h>>40%2)},
		{Key: "nf.cluster", Value: cluster},
		{Key: "nf.node", Value: fmt.Sprintf("i-0%016x", mix(h))},
		{Key: "nf.region", Value: region},
		{Key: "nf.zone", Value: region + string(rune('a'+h>>50%3))},
	}
	add := func(key, value string) { tags = append(tags, tag.Tag{Key: key, Value: value}) }
	switch {
	case k < 30:
		add("name", "http.server.requests")
		add("endpoint", fmt.Sprint("/api/v1/", k/6))
		add("status", []string{"2xx", "5xx"}[k/3%2])
		add("statistic", []string{"count", "totalTime", "max"}[k%3])
	case k < 50:
		add("name", "http.server.latency")
		add("percentile", fmt.Sprintf("T%04X", 40+2*k))
		add("statistic", "percentile")
	case k < 90:
		add("name", fmt.Sprint("jvm.memory.", k/4))
		add("id", fmt.Sprint("pool-", k%4))
		add("statistic", "gauge")
	default:
		add("name", "app.errors")
		add("error", fmt.Sprint("E", k%10))
		add("severity", []string{"warn", "error"}[k%2])
		add("statistic", "count")
	}
	return tag.Sort(tags)
}
