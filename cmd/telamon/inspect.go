package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/telamon-tsdb/telamon/tsdb/blockfile"
	"github.com/telamon-tsdb/telamon/tsdb/gorilla"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

func inspectCommand() *cobra.Command {
	var rebuild bool
	r := rebuilding{fsys: vfs.OS{}}
	cmd := &cobra.Command{
		Use:   "inspect PATH",
		Short: "Print and check a log segment, a block file or a data directory",
		Long: `Print what is in a log segment (.wal), a block file (.blk) or a directory of them, and check all
of it: checksums, tags and blocks. Nothing is changed; a server may be using the directory,
whose newest segment then ends in the middle of a record. Damage makes the status 1.

With --rebuild-meta, PATH is a data directory whose meta.json was lost, damaged or exchanged, and no
server is using it. The file is restored from what the log and the block files say. They are not changed; a
meta.json that is there is kept under another name. A log that older versions wrote does not say its
step: --step names it, and the dates that it gives the values are printed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if rebuild {
				r.out, r.now = cmd.OutOrStdout(), time.Now()
				return r.run(args[0])
			}
			if r.step != "" || r.dryRun {
				return errors.New("--step and --dry-run go with --rebuild-meta")
			}
			i := inspection{out: cmd.OutOrStdout(), fsys: vfs.OS{}}
			if err := i.path(args[0]); err != nil {
				return err
			}
			if i.damages > 0 {
				return fmt.Errorf("%s: %d places are damaged", args[0], i.damages)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&rebuild, "rebuild-meta", false, "restore meta.json of the data directory PATH")
	cmd.Flags().StringVar(&r.step, "step", "", "`duration` of a step, where no file says it, with --rebuild-meta")
	cmd.Flags().BoolVar(&r.dryRun, "dry-run", false, "show what --rebuild-meta would write")
	return cmd
}

// An inspection prints what it finds and counts the damage.
type inspection struct {
	out     io.Writer
	fsys    vfs.FS
	damages int
}

func (i *inspection) printf(format string, arguments ...any) {
	fmt.Fprintf(i.out, format, arguments...)
}

func (i *inspection) damaged(err error) {
	i.damages++
	i.printf("  damaged: %v\n", err)
}

func (i *inspection) path(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return i.directory(path)
	case filepath.Ext(path) == ".wal":
		return i.segment(path)
	case filepath.Ext(path) == ".blk":
		return i.blocks(path)
	}
	return fmt.Errorf("%s is neither a directory nor a file that ends in .wal or .blk", path)
}

// directory inspects what is below a directory, in order of name.
func (i *inspection) directory(path string) error {
	return filepath.WalkDir(path, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		switch name := entry.Name(); {
		case name == "meta.json":
			text, err := os.ReadFile(path)
			i.printf("%s\n%s", path, text)
			return err
		case filepath.Ext(name) == ".wal", filepath.Ext(name) == ".blk":
			return i.path(path)
		case name != "lock":
			i.printf("%s: not used\n", path)
		}
		return nil
	})
}

var recordNames = map[wal.Type]string{
	wal.Series: "series", wal.Points: "points", wal.AlertState: "alert states",
	wal.Notification: "notifications", wal.Document: "documents", wal.Tombstone: "tombstones",
	wal.Uptime: "uptime",
}

// segment walks over a segment of the log.
func (i *inspection) segment(path string) error {
	type count struct{ records, bytes int }
	counts := make(map[wal.Type]count)
	header, err := wal.ReadHeader(i.fsys, path)
	if err == nil {
		i.printf("%s: follows %s%s\n", path, header.Previous, originText(header.Origin))
	} else {
		i.printf("%s\n", path)
	}
	for entry, err := range wal.Walk(i.fsys, path) {
		if damage := (*wal.DamageError)(nil); errors.As(err, &damage) {
			i.damaged(err)
			continue
		}
		if err != nil {
			return err
		}
		c := counts[entry.Record.Type]
		counts[entry.Record.Type] = count{c.records + 1, c.bytes + len(entry.Record.Body)}
	}
	types := make([]wal.Type, 0, len(counts))
	for t := range counts {
		types = append(types, t)
	}
	slices.Sort(types)
	for _, t := range types {
		name := recordNames[t]
		if name == "" {
			name = fmt.Sprintf("type %d", t)
		}
		i.printf("  %-14s %8d records %12d bytes\n", name, counts[t].records, counts[t].bytes)
	}
	return nil
}

// originText says which data directory a segment is of; "" where it does not say.
func originText(o wal.Origin) string {
	if o == (wal.Origin{}) {
		return ""
	}
	return fmt.Sprintf(", step %s, %d slots per window, %d shards, instance %s",
		time.Duration(o.StepMillis)*time.Millisecond, o.WindowSlots, o.Shards, o.Instance)
}

// blocks prints and checks all of a block file.
func (i *inspection) blocks(path string) error {
	points, series, bytes, err := i.readBlocks(path)
	if errors.Is(err, blockfile.ErrDamaged) {
		i.damaged(err)
	} else if err != nil {
		return err
	}
	if series > 0 {
		i.printf("  %d series, %d points, %d bytes, %.2f a point\n", series, points, bytes, float64(bytes)/float64(max(points, 1)))
	}
	return nil
}

// readBlocks leaves tables and checks to package blockfile and counts the points in the blocks.
func (i *inspection) readBlocks(path string) (points, series int, bytes int64, err error) {
	r, err := blockfile.Open(i.fsys, path)
	if err != nil {
		i.printf("%s\n", path)
		return 0, 0, 0, err
	}
	head := r.Head()
	series, bytes = r.Len(), r.SizeBytes()
	if err := r.Close(); err != nil {
		return 0, series, bytes, err
	}
	window := head.StepMillis * int64(head.Slots)
	timeOf := func(number int64) string {
		return time.UnixMilli(number * window).UTC().Format(time.RFC3339)
	}
	i.printf("%s: (%s, %s], %d windows of %d slots of %s, has the log before %s\n", path, timeOf(head.First), timeOf(head.Last()+1),
		head.Windows, head.Slots, time.Duration(head.StepMillis)*time.Millisecond, wal.Position(head.Sequence))
	values := make([]float64, head.Slots)
	err = blockfile.Inspect(i.out, i.fsys, path, func(_ int, block []byte) error {
		if err := gorilla.Decode(values, block); err != nil {
			return err
		}
		for _, v := range values {
			if !math.IsNaN(v) {
				points++
			}
		}
		return nil
	})
	return points, series, bytes, err
}
