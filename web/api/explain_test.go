package api

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// An explainedNode is a node of the plan as the answer has it.
type explainedNode struct {
	Node, Lines, Points   int
	What                  string
	Inputs                []int
	Read, Series, Samples *int
	Ms                    float64
}

// TestExplain asks for an average, which is two reads that one Select answers, and their quotient.
func TestExplain(t *testing.T) {
	s := newTestServer(t, testConfig(newFleetDB(t)))
	const target = "/api/v1/graph?q=name,sys.cpu.utilization,:eq,:avg&s=1795348800000&e=1795349100000&format="
	var got struct {
		Explain *struct {
			InputLines, GraphLines, GraphDatapoints int
			Plan                                    []explainedNode
		}
	}
	if err := json.Unmarshal(s.get(t, target+"json&explain=1").body, &got); err != nil || got.Explain == nil {
		t.Fatalf("no explanation: %v", err)
	}
	if got.Explain.InputLines == 0 || got.Explain.GraphLines != 1 || got.Explain.GraphDatapoints != 5 {
		t.Errorf("totals: %+v", got.Explain)
	}
	number := func(n int) *int { return &n }
	want := []explainedNode{
		{Node: 0, What: "name,sys.cpu.utilization,:eq,:sum", Inputs: []int{}, Read: number(0), Lines: 1, Points: 6},
		{Node: 1, What: "name,sys.cpu.utilization,:eq,:count", Inputs: []int{}, Read: number(0), Lines: 1, Points: 6},
		{Node: 2, What: "Divide", Inputs: []int{0, 1}, Lines: 1, Points: 6},
	}
	if diff := cmp.Diff(want, got.Explain.Plan, cmpopts.IgnoreFields(explainedNode{}, "Ms", "Series", "Samples")); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if first := got.Explain.Plan[0]; first.Series == nil || *first.Series != got.Explain.InputLines {
		t.Errorf("the first read bears %v series, want all %d", first.Series, got.Explain.InputLines)
	}
	var v2 []struct{ Explain *json.RawMessage }
	if err := json.Unmarshal(s.get(t, target+"v2.json&hints=no-image&explain=1").body, &v2); err != nil || v2[0].Explain == nil {
		t.Errorf("v2.json explains nothing: %v", err)
	}
	got.Explain = nil
	if err := json.Unmarshal(s.get(t, target+"json").body, &got); err != nil || got.Explain != nil {
		t.Errorf("an explanation that nobody asked for: %v, %v", got.Explain, err)
	}
}
