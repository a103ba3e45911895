package fleet

import (
	"fmt"
	"math"
	"time"
)

// A Fleet is a set of simulated services.
type Fleet struct {
	seed  uint64
	step  time.Duration
	nodes []node
	// series are the tags of the values of a node but for those of the node itself, as JSON objects.
	series []string
	// incidents says when which service is ill.
	incidents Incidents
}

// A node is one machine of a service.
type node struct {
	app      service
	name     string
	zone     string
	number   uint64        // among all nodes: the noise differs
	deployAt time.Duration // into the period of deploys
}

// A service is a named group of nodes with a size of its own.
type service struct {
	name    string
	perNode float64 // requests per second and node at the quiet time of day
	latency float64 // median, seconds
}

var services = []service{
	{"gateway", 240, 0.012}, {"checkout", 35, 0.080}, {"catalog", 120, 0.025}, {"search", 90, 0.110},
	{"login", 25, 0.060}, {"payments", 12, 0.180}, {"images", 310, 0.008}, {"recommend", 60, 0.045},
}

const nodesPerService = 7

// New returns the fleet of a seed, publishing each step.
func New(seed uint64, step time.Duration, incidents Incidents) *Fleet {
	f := &Fleet{seed: seed, step: step, incidents: incidents}
	for n, app := range services {
		for i := range nodesPerService {
			f.nodes = append(f.nodes, node{
				app:      app,
				name:     fmt.Sprintf("i-%s%02d", app.name[:3], i),
				zone:     string(rune('a' + i%3)),
				number:   uint64(len(f.nodes)),
				deployAt: time.Duration(n)*deployShift + time.Duration(i)*deployDown,
			})
		}
	}
	return f
}

// tags returns the tags that all series of a node share, as a JSON object.
func (n node) tags() string {
	return object(map[string]string{
		"nf.app":     n.app.name,
		"nf.cluster": n.app.name + "-main",
		"nf.node":    n.name,
		"nf.zone":    "eu-1" + n.zone,
		"nf.region":  "eu-1",
	})
}

const (
	// deployEvery is how often each service is deployed; deployShift lies between two services.
	deployEvery = 40 * time.Minute
	deployShift = 7 * time.Minute
	// deployDown is how long a node is away then. A deploy rolls from node to node.
	deployDown = 20 * time.Second
)

// sinceDeploy returns how long the node has been up at t, and whether it is.
func (n node) sinceDeploy(t time.Time) (up time.Duration, isUp bool) {
	into := time.Duration((t.UnixNano() - int64(n.deployAt)) % int64(deployEvery))
	return into - deployDown, into >= deployDown
}

// load returns the requests per second of a node at t: a wave over the day, and noise.
func (f *Fleet) load(n node, t time.Time) float64 {
	hour := float64(t.Unix()%86400) / 3600
	wave := 1 + 0.45*math.Sin((hour-9)/24*2*math.Pi)
	return n.app.perNode * wave * (1 + 0.12*f.noise(n, "load", t))
}

// noise returns a number in [-1, 1) that depends on nothing but its arguments and the seed.
func (f *Fleet) noise(n node, what string, t time.Time) float64 {
	h := f.seed*0x9e3779b97f4a7c15 ^ n.number<<32 ^ uint64(t.UnixNano()/int64(f.step))
	for i := range len(what) {
		h = (h ^ uint64(what[i])) * 0x100000001b3
	}
	// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	h ^= h >> 31
	return float64(h>>11)/(1<<52) - 1
}
