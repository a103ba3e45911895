package tsdb

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// leaveGap puts an empty file in the place of a bad one, which was set aside, where that stood in for a window of a merged
// file. Else the merged file would answer for the window from the next start on, with values that were deleted since:
//
//	merged   ┌──────────────┐             ┌──────────────┐
//	         └──────────────┘      ──►    └──────────────┘
//	bad            ┌──┐                         ┌──┐  empty, of the same position
//	               └──┘                         └──┘
//
// Where the disk does not take it, the log says so.
func (d *blockDir) leaveGap(bad blockfile.Head) {
	window := bad.First
	now := d.files[window]
	if bad.Windows > 1 || now != nil && (now.isSingle() || uint64(now.upTo) >= bad.Sequence) {
		return
	}
	stoodIn := func(f *windowFile) bool { return !f.isSingle() && f.first <= window && window <= f.last }
	if !slices.ContainsFunc(d.all(), stoodIn) {
		return
	}
	empty, err := d.write(window, wal.Position(bad.Sequence), nil, nil)
	if err != nil {
		from, to := d.grid.Bounds(window)
		d.logger.Error("an older file may answer in the place of a bad one", "error", err, "from", from, "to", to)
		return
	}
	d.files[window] = empty
}

// headOf returns what the name of a file that cannot be read says of it.
func (d *blockDir) headOf(name string) (head blockfile.Head, ok bool) {
	var first int64
	var windows int
	var upTo uint64
	if _, err := fmt.Sscanf(name, "%d+%d-%x", &first, &windows, &upTo); err != nil {
		return head, false
	}
	head = d.head(first, windows, wal.Position(upTo))
	return head, filepath.Base(d.name(head)) == name
}
