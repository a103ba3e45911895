package tsdbtest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
)

// fleetText is series text; its head says where it is from.
//
//go:embed testdata/fleet.txt.gz
var fleetText []byte

// Times of the fleet in milliseconds: its first and last point, and its primary step.
const (
	FleetFirst      = 1795338000000 // 2026-11-22T09:00:00Z, of the series that were sent off the grid
	FleetLast       = 1795359600000 // 2026-11-22T15:00:00Z
	FleetStepMillis = 60_000
)

// Fleet returns a new store with six hours of a small fleet: 15 nodes of four applications, and lab
// series whose shape suits one question each. 550 series; the recorded answers of the query tests
// are about it. It panics if the embedded text is broken.
func Fleet() *Store {
	unzipped, err := gzip.NewReader(bytes.NewReader(fleetText))
	if err != nil {
		panic(fmt.Sprintf("tsdbtest: fleet: %v", err))
	}
	store, err := ParseStore(unzipped)
	if err != nil {
		panic(fmt.Sprintf("tsdbtest: fleet: %v", err))
	}
	return store
}
