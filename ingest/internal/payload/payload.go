// Package payload makes publish payloads for benchmarks, in the shape that a fleet of services sends:
// nodes of 100 series each, 9 to 11 tags a series, sorted, some 340 bytes a metric, and values that are
// counts, quotients with a full mantissa and constants.
package payload

import (
	"fmt"
	"math/rand/v2"
	"strconv"
)

// Step is the time between two payloads of a series, in milliseconds.
const Step = 60_000

// Fleet returns one payload with a sample at time ms for each of the series [first, first+count). The same
// arguments give the same bytes.
func Fleet(first, count int, ms int64) []byte {
	b := []byte(`{"tags":{},"metrics":[`)
	for i := range count {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendMetric(b, first+i, ms)
	}
	return append(b, "]}"...)
}

func appendMetric(b []byte, series int, ms int64) []byte {
	node, kind := series/100, series%100
	r := rand.New(rand.NewPCG(uint64(series), uint64(ms)))
	b = append(b, `{"tags":{`...)
	app := fmt.Sprintf("svc%04d", node/20)
	switch kind % 4 {
	case 0, 1:
		b = fmt.Appendf(b, `"endpoint":"_api_v1_titles%02d","name":"http.server.requests",`, kind/8)
	case 2:
		b = fmt.Appendf(b, `"cause":"G1-Evacuation-Pause%02d","name":"jvm.gc.pause",`, kind)
	default:
		b = fmt.Appendf(b, `"id":"G1-Eden-Space%02d","name":"jvm.memory.used",`, kind)
	}
	b = fmt.Appendf(b, `"nf.app":%q,"nf.asg":"%s-main-use-v%03d","nf.cluster":"%s-main-use",`, app, app, node%400, app)
	b = fmt.Appendf(b, `"nf.node":"i-0%016x","nf.region":"us-east-1","nf.zone":"us-east-1c",`, uint64(node)*0x9e3779b97f4a7c15)
	switch kind % 4 {
	case 0:
		b = append(b, `"statistic":"count","status":"2xx"`...)
	case 1:
		b = append(b, `"statistic":"totalTime","status":"5xx"`...)
	case 2:
		b = append(b, `"statistic":"count"`...)
	default:
		b = append(b, `"statistic":"gauge"`...)
	}
	b = append(b, `},"timestamp":`...)
	b = strconv.AppendInt(b, ms, 10)
	b = append(b, `,"value":`...)
	switch kind % 4 {
	case 0:
		b = strconv.AppendFloat(b, float64(r.IntN(3000))/60, 'g', -1, 64)
	case 1:
		b = strconv.AppendFloat(b, r.Float64()*3, 'g', -1, 64)
	case 2:
		b = append(b, '0')
	default:
		b = strconv.AppendInt(b, 1<<20+int64(r.IntN(1<<30)), 10)
	}
	return append(b, '}')
}
