package alert

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stream"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// benchLines returns n lines, true or not, as a grouped rule has them.
func benchLines(n int, signal float64) []query.StepLine {
	lines := make([]query.StepLine, n)
	for i := range lines {
		lines[i] = query.StepLine{Tags: tag.New("name", "http.errors", "nf.app", fmt.Sprint("app", i)), Value: 12, Signal: signal}
	}
	return lines
}

// BenchmarkStep decides, logs and applies steps, without the evaluation: quiet ones, and ones in which every
// group fires or is resolved.
func BenchmarkStep(b *testing.B) {
	for _, groups := range []int{1, 100, 1000} {
		for _, busy := range []bool{false, true} {
			b.Run(fmt.Sprintf("groups=%d/busy=%v", groups, busy), func(b *testing.B) {
				bench := newBench(b, "")
				lines := [2][]query.StepLine{benchLines(groups, 0), benchLines(groups, 1)}
				bench.engine.lines = func(_ expr.Expr, step int64) ([]query.StepLine, error) {
					if busy {
						return lines[step/second%2], nil
					}
					return lines[1], nil
				}
				bench.begin(strings.Replace(oneRule, "for: 3s", "for: 0", 1))
				bench.steps(1, 1)
				step, bytes := int64(1), 0
				for b.Loop() {
					step++
					bench.log.records = bench.log.records[:0]
					bench.steps(step, step)
					for _, r := range bench.log.records {
						bytes += len(r.Body)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*groups), "ns/group")
				b.ReportMetric(float64(bytes)/float64(b.N), "logB/step")
			})
		}
	}
}

// BenchmarkLoad reads a rules file of a thousand rules.
func BenchmarkLoad(b *testing.B) {
	var file strings.Builder
	file.WriteString("receivers: [{name: oncall, webhook: {url: \"http://x/\"}}]\nrules:\n")
	for i := range 1000 {
		fmt.Fprintf(&file, "- name: R%d\n  expr: \"name,m%d,:eq,:sum,(,nf.app,),:by,10,:gt\"\n  for: 3m\n", i, i)
		file.WriteString("  labels: {severity: page}\n  annotations: {summary: \"{{ .Labels.nf_app }}: {{ .Value }}\"}\n  notify: [oncall]\n")
	}
	data := []byte(file.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Load(data, expr.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*1000), "µs/rule")
}

// BenchmarkOutbox moves one notification through an outbox in which many wait for a dead receiver.
func BenchmarkOutbox(b *testing.B) {
	now := time.Now()
	o := newOutbox(room{maxWaiting, maxWaitingBytes})
	for i := range 10_000 {
		o.add(letter(fmt.Sprint("dead", i), "dead", 1), now.Add(time.Hour))
	}
	for b.Loop() {
		o.add(letter("a", "r", 1), now)
		l, _, _ := o.take(now)
		if l == nil {
			b.Fatal("nothing is due")
		}
		o.finish(l, Delivery{State: "delivered"}, true, now)
	}
}

// BenchmarkReplay replays a day of quiet steps.
func BenchmarkReplay(b *testing.B) {
	bench := newBench(b, "")
	bench.begin(oneRule)
	bench.steps(1, 1440)
	for b.Loop() {
		m := New(Config{Clock: stream.Clock{Step: time.Second}, Evaluate: bench.engine.Evaluate, Append: bench.log.Append, Send: bench.receiver.Send})
		bench.log.replay(b, m)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*1440), "ns/record")
}
