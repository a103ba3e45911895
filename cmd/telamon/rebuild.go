package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/datadir"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// A rebuilding restores the meta.json of a data directory from its files.
type rebuilding struct {
	out    io.Writer
	fsys   vfs.FS
	step   string // as the operator wrote it; "": the files say it
	dryRun bool   // nothing is written
	now    time.Time
}

func (r *rebuilding) printf(format string, arguments ...any) {
	fmt.Fprintf(r.out, format, arguments...)
}

// run prints what the files say and which dates follow for the values of the log, and then writes meta.json.
func (r *rebuilding) run(path string) error {
	step, err := r.namedStep()
	if err != nil {
		return err
	}
	survey, err := datadir.NewSurvey(r.fsys, path, tsdb.Schema(), true)
	if err != nil {
		return err
	}
	r.print(survey)
	layout, err := survey.Restore(step, tsdb.DirLayout(0))
	switch {
	case errors.Is(err, datadir.ErrInOrder):
		r.printf("%s: meta.json is in order and nothing was changed\n", path)
		return nil
	case errors.Is(err, datadir.ErrNoStep):
		r.printUsualSteps(survey)
		return err
	case err != nil:
		return err
	}
	if err := r.printDates(survey, layout.StepDuration()); err != nil {
		return err
	}
	return r.write(survey, layout)
}

// namedStep reads --step, 0 where it is not given.
func (r *rebuilding) namedStep() (time.Duration, error) {
	if r.step == "" {
		return 0, nil
	}
	d, err := parseDuration(r.step)
	if err == nil && d == 0 {
		err = errors.New("it must be longer than nothing")
	}
	if err != nil {
		return 0, fmt.Errorf("--step %s: %w (a number and a unit, as 90s or PT1M)", r.step, err)
	}
	return d, nil
}

// print prints what each file says of its directory.
func (r *rebuilding) print(s *datadir.Survey) {
	slices.SortFunc(s.Claims, func(a, b datadir.Claim) int { return cmp.Compare(a.File, b.File) })
	for _, c := range s.Claims {
		var says []string
		for _, one := range []struct {
			known      bool
			name, text string
		}{
			{c.Step != 0, "step", c.Step.String()},
			{c.WindowSlots != 0, "slots per window", fmt.Sprint(c.WindowSlots)},
			{c.Shards != 0, "shards", fmt.Sprint(c.Shards)},
			{c.Instance != "", "instance", c.Instance},
		} {
			if one.known {
				says = append(says, one.name+" "+one.text)
			}
		}
		r.printf("%s: %s\n", c.File, strings.Join(says, ", "))
	}
	for _, name := range s.Damaged {
		r.printf("%s: damaged, says nothing\n", name)
	}
}

// usualSteps are shown to who has to name one.
var usualSteps = []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute}

func (r *rebuilding) printUsualSteps(s *datadir.Survey) {
	if first, _ := s.Bounds(time.Second); first.IsZero() {
		return
	}
	r.printf("the log is of an older version and does not say its step; its values would be\n")
	for _, step := range usualSteps {
		first, last := s.Bounds(step)
		r.printf("  with --step %-5s from %s to %s\n", step, first.Format(time.RFC3339), last.Format(time.RFC3339))
	}
}

// aheadOfClock is how far in the future the log may end: by a clock that was wrong then or is now.
const aheadOfClock = 24 * time.Hour

// printDates prints when the log's values are on the grid of a step. It refuses one that puts them into the future, where
// the log cannot have got them from.
func (r *rebuilding) printDates(s *datadir.Survey, step time.Duration) error {
	first, last := s.Bounds(step)
	if first.IsZero() {
		r.printf("the log has no values\n")
		return nil
	}
	r.printf("at step %s the log has values from %s to %s\n", step, first.Format(time.RFC3339), last.Format(time.RFC3339))
	if last.After(r.now.Add(aheadOfClock)) {
		return fmt.Errorf("%s: at step %s the log would end in the future, at %s; name the step that it was written with, or set the clock",
			s.Path, step, last.Format(time.RFC3339))
	}
	return nil
}

// write makes l the content of meta.json, and locks the directory only now: what is refused stays as it is.
func (r *rebuilding) write(s *datadir.Survey, l datadir.Layout) (err error) {
	r.printf("step %s, slots per window %d, shards %d, instance %s\n", l.Step, l.WindowSlots, l.Shards, l.Instance)
	if r.dryRun {
		r.printf("nothing was changed; without --dry-run this is written to meta.json\n")
		return nil
	}
	lock, err := datadir.Lock(r.fsys, s.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	aside, err := s.WriteRestored(l)
	if err != nil {
		return err
	}
	if aside != "" {
		r.printf("what was there is %s now\n", aside)
	}
	r.printf("%s: meta.json is restored; start with --step %s\n", s.Path, l.Step)
	return nil
}
