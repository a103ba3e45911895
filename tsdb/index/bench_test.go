package index

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
	"github.com/telamon-tsdb/telamon/tsdb/tag/pattern"
)

// benchFleets are the sizes of the fleets of which one of 16 shards is measured.
var benchFleets = []int{100_000, 1_000_000}

func heapBytes() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// cpuTime returns what the process has used: on a shared machine the clock says less.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// newIndex returns an index of series whose numbers lie gap apart.
func newIndex(all []tag.Tags, gap int) *Index {
	x := New(NewDictionary())
	for i, tags := range all {
		x.Add(uint32(i*gap), tags)
	}
	return x
}

func BenchmarkAdd(b *testing.B) {
	for _, series := range benchFleets {
		all := fleet(series, 16)
		for _, gap := range []int{1, 10} {
			b.Run(fmt.Sprintf("fleet=%d/gap=%d", series, gap), func(b *testing.B) {
				before, began := heapBytes(), cpuTime(b)
				var x *Index
				for b.Loop() {
					x = newIndex(all, gap)
				}
				b.ReportMetric(float64(cpuTime(b)-began)/float64(b.N*len(all)), "cpu-ns/series")
				b.ReportMetric((heapBytes()-before)/float64(len(all)), "B/series")
				runtime.KeepAlive(x)
			})
		}
	}
}

// BenchmarkRemove takes away the series of every tenth node: in the order of their numbers, and in no order.
func BenchmarkRemove(b *testing.B) {
	for _, series := range benchFleets {
		all := fleet(series, 16)
		var gone []Series
		for i, tags := range all {
			if node, _ := tags.Get("nf.node"); strings.HasPrefix(node, "i-00") || strings.HasPrefix(node, "i-01") {
				gone = append(gone, Series{uint32(i), tags})
			}
		}
		shuffled := slices.Clone(gone)
		rand.New(rand.NewPCG(1, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for name, gone := range map[string][]Series{"in-order": gone, "shuffled": shuffled} {
			b.Run(fmt.Sprintf("fleet=%d/%s", series, name), func(b *testing.B) {
				x := newIndex(all, 1)
				spent := time.Duration(0)
				for b.Loop() {
					began := cpuTime(b)
					x.Remove(gone...)
					spent += cpuTime(b) - began
					b.StopTimer()
					for _, one := range gone {
						x.Add(one.Number, one.Tags)
					}
					b.StartTimer()
				}
				b.ReportMetric(float64(spent)/float64(b.N*len(gone)), "cpu-ns/series")
				b.ReportMetric(float64(len(gone)), "series")
			})
		}
	}
}

// benchQueries are questions as dashboards have them. Nodes are 1,000 of those that the shard has.
func benchQueries(b *testing.B, nodes []string) map[string]tag.Predicate {
	match := func(key, source string) tag.Predicate {
		p, err := pattern.Compile(source, strings.HasPrefix(source, "REIC"))
		if err != nil {
			b.Fatal(err)
		}
		return tag.Match{Key: key, Pattern: p}
	}
	large := tag.Equal{Key: "name", Value: "http.server.requests"}
	small := tag.Equal{Key: "name", Value: "jvm.memory.20"}
	region := tag.Equal{Key: "nf.region", Value: "us-east-1"}
	either := match("nf.node", "^("+strings.Join(nodes, "|")+")$")
	return map[string]tag.Predicate{
		"one":          large,
		"large,large":  tag.And{Left: large, Right: region},
		"small,large":  tag.And{Left: small, Right: region},
		"not":          tag.Not{Inner: region},
		"large,not":    tag.And{Left: large, Right: tag.Not{Inner: region}},
		"has":          tag.Has{Key: "id"},
		"large,has":    tag.And{Left: large, Right: tag.Has{Key: "nf.node"}},
		"in":           tag.In{Key: "nf.node", Values: nodes},
		"alternatives": either,
		"large,in":     tag.And{Left: large, Right: tag.In{Key: "nf.node", Values: nodes}},
		"prefix":       match("nf.node", "i-00"),
		"contains":     match("nf.node", ".*77"),
		"no-case":      match("nf.node", "REIC"),
		"classes":      match("nf.node", "i-0[0-9a-f]+7$"),
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, series := range benchFleets {
		all := fleet(series, 16)
		for _, gap := range []int{1, 10} {
			x := newIndex(all, gap)
			values, err := valuesOf(b.Context(), x, "nf.node", tag.True{}, Page{Limit: 1000})
			if err != nil {
				b.Fatal(err)
			}
			nodes := make([]string, len(values))
			for i, v := range values {
				nodes[i] = v.Text
			}
			queries := benchQueries(b, nodes)
			for name, p := range queries {
				b.Run(fmt.Sprintf("fleet=%d/gap=%d/%s", series, gap, name), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := x.Lookup(b.Context(), p); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			for _, name := range []string{"one", "small,large"} {
				b.Run(fmt.Sprintf("fleet=%d/gap=%d/values/%s", series, gap, name), func(b *testing.B) {
					for b.Loop() {
						if _, err := valuesOf(b.Context(), x, "nf.node", queries[name], Page{}); err != nil {
							b.Fatal(err)
						}
					}
				})
				b.Run(fmt.Sprintf("fleet=%d/gap=%d/keys/%s", series, gap, name), func(b *testing.B) {
					for b.Loop() {
						if _, err := x.Keys(b.Context(), queries[name], Page{}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

// BenchmarkTally lists 10,000 values of a key over 16 indexes that all have each of them, six series in each.
func BenchmarkTally(b *testing.B) {
	d := NewDictionary()
	shards := make([]*Index, 16)
	for i := range shards {
		shards[i] = New(d)
		for j := range uint32(60_000) {
			shards[i].Add(j, tag.New("name", fmt.Sprint(j%100), "nf.node", fmt.Sprintf("i-0%016x", j/6*7919)))
		}
	}
	for name, p := range map[string]tag.Predicate{"all": tag.True{}, "one-name": tag.Equal{Key: "name", Value: "7"}} {
		b.Run("indexes=16/values=1e4/"+name, func(b *testing.B) {
			began := cpuTime(b)
			for b.Loop() {
				_, err := d.Values(b.Context(), "nf.node", p, Page{}, func(t *Tally) error {
					for _, x := range shards {
						if err := t.Add(x); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpuTime(b)-began)/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}
