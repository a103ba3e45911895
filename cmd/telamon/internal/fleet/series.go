package fleet

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// values returns the values of one node for the step that ends at t, in the order of f.series, NaN for what it does
// not have; none while it is being deployed.
func (f *Fleet) values(n node, t time.Time) []float64 {
	up, isUp := n.sinceDeploy(t)
	if !isUp {
		return nil
	}
	out := &samples{fleet: f, values: make([]float64, 0, 40)}
	load := f.load(n, t)
	ill := f.incidents.ill(n.app.name, t)
	f.requests(out, n, t, load, ill)
	f.latency(out, n, t, load, ill)
	f.machine(out, n, t, load, up)
	f.users(out, n)
	return out.values
}

// samples collects the values of a node. Every node has the same series, in the same order; their tags are
// written down when the first node names them.
type samples struct {
	fleet  *Fleet
	values []float64
}

func (s *samples) add(dstype, name string, value float64, tags ...string) {
	if len(s.values) == len(s.fleet.series) {
		m := map[string]string{"name": name, "atlas.dstype": dstype}
		for i := 0; i < len(tags); i += 2 {
			m[tags[i]] = tags[i+1]
		}
		s.fleet.series = append(s.fleet.series, object(m))
	}
	s.values = append(s.values, value)
}

func (s *samples) rate(name string, perSecond float64, tags ...string) {
	s.add("rate", name, max(0, perSecond), tags...)
}

func (s *samples) gauge(name string, value float64, tags ...string) {
	s.add("gauge", name, value, tags...)
}

// requests are counted by endpoint and status; errors once more under a name of their own.
func (f *Fleet) requests(out *samples, n node, t time.Time, load float64, ill bool) {
	failing := 0.002 * (1 + f.noise(n, "fail", t))
	if ill {
		failing = 0.35 + 0.05*f.noise(n, "fail", t)
	}
	for i, endpoint := range []string{"list", "item", "update"} {
		share := load * []float64{0.6, 0.3, 0.1}[i]
		out.rate("http.server.requests", share*(0.985-failing), "endpoint", endpoint, "status", "200", "statistic", "count")
		out.rate("http.server.requests", share*0.015, "endpoint", endpoint, "status", "404", "statistic", "count")
		out.rate("http.server.requests", share*failing, "endpoint", endpoint, "status", "500", "statistic", "count")
	}
	out.rate("http.server.errors", load*failing)
}

// latencyBuckets are percentile buckets of Spectator's timer with their upper bounds in seconds.
var latencyBuckets = []struct {
	index int
	bound float64
}{
	{index: 0x62, bound: 0.0084}, {index: 0x68, bound: 0.0168}, {index: 0x6b, bound: 0.0336}, {index: 0x6e, bound: 0.0503},
	{index: 0x71, bound: 0.0671}, {index: 0x74, bound: 0.134}, {index: 0x77, bound: 0.201}, {index: 0x7a, bound: 0.268},
	{index: 0x7d, bound: 0.537}, {index: 0x83, bound: 1.074},
}

// latency is a timer: count, total, total of squares, maximum, and the rate of each bucket.
func (f *Fleet) latency(out *samples, n node, t time.Time, load float64, ill bool) {
	median := n.app.latency * (1 + 0.08*f.noise(n, "median", t))
	if ill {
		median *= 4
	}
	out.rate("http.server.latency", load, "statistic", "count")
	out.rate("http.server.latency", load*median*1.15, "statistic", "totalTime")
	out.rate("http.server.latency", load*median*median*1.6, "statistic", "totalOfSquares")
	out.gauge("http.server.latency", median*(5+f.noise(n, "max", t)), "statistic", "max")
	below := 0.0
	for _, b := range latencyBuckets {
		// Logistic in the logarithm of the time: half the requests are faster than the median.
		share := 1 / (1 + math.Pow(median/b.bound, 2.2))
		out.rate("http.server.latency", load*(share-below), "statistic", "percentile", "percentile", fmt.Sprintf("T%04X", b.index))
		below = share
	}
}

// userRegisters is the number of registers of a count of distinct values, shared by the nodes: a node sends those that
// its users fill, about a tenth. The others are zero, which need not be sent.
const userRegisters = 64

// users counts the distinct users of a node, which stay with it, by the register that the hash of a user falls into
// and the longest run of zeros in what is left of it.
func (f *Fleet) users(out *samples, n node) {
	for r := range userRegisters {
		run := math.NaN()
		if h := (n.number*0x9e3779b97f4a7c15 + uint64(r)*0xbf58476d1ce4e5b9) >> 32; h%10 == 0 {
			run = 1 + float64(bits.TrailingZeros64(h/10|1<<6))
		}
		out.gauge("users.unique", run, "distinct", fmt.Sprintf("R%02X", r))
	}
}

// machine is the node itself. Memory climbs from deploy to deploy, with a collection every few minutes.
func (f *Fleet) machine(out *samples, n node, t time.Time, load float64, up time.Duration) {
	const gib = 1 << 30
	sinceCollection := up % (3 * time.Minute)
	old := 0.8*gib + 0.6*gib*up.Minutes()/deployEvery.Minutes()
	eden := 0.4 * gib * sinceCollection.Minutes() / 3
	out.gauge("jvm.memory.used", math.Floor(old), "id", "old", "area", "heap")
	out.gauge("jvm.memory.used", math.Floor(eden), "id", "eden", "area", "heap")
	out.gauge("jvm.memory.used", math.Floor(0.11*gib), "id", "metaspace", "area", "nonheap")
	out.gauge("jvm.memory.max", 4*gib, "id", "old", "area", "heap")
	pause := 0.0
	if sinceCollection < f.step {
		pause = 0.04 * (1 + 0.5*f.noise(n, "gc", t))
	}
	out.rate("jvm.gc.pause", pause/f.step.Seconds(), "statistic", "totalTime", "action", "minor")
	out.gauge("jvm.gc.pause", pause, "statistic", "max", "action", "minor")
	busy := min(95, 8+60*load/(n.app.perNode*2.2)) * (1 + 0.05*f.noise(n, "cpu", t))
	out.gauge("sys.cpu.utilization", busy*0.8, "id", "user")
	out.gauge("sys.cpu.utilization", busy*0.2, "id", "system")
	out.gauge("sys.load.1", busy/25)
	out.gauge("poller.asg.instance", 1)
	out.gauge("discovery.status", 1, "state", "UP")
	out.rate("sys.net.bytes", load*4200, "id", "in")
	out.rate("sys.net.bytes", load*21000, "id", "out")
	out.gauge("sys.disk.used", math.Floor(22*gib+0.002*gib*up.Minutes()), "id", "root")
	out.rate("sys.disk.ops", 4+load/30, "id", "root")
}
