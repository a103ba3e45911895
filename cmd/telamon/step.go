package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/telamon-tsdb/telamon/query/eval"
	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb/datadir"
)

// checkStep refuses to make a data directory with a step at which graphs cannot be drawn, since it is for ever. One that is
// there goes on, with a warning.
func checkStep(settings Settings, logger *slog.Logger) error {
	steps := eval.Steps{Primary: settings.Step.Milliseconds()}
	if steps.Usable() {
		return nil
	}
	below, above := steps.NearestUsable()
	nearest := nearestText(below, above)
	_, err := datadir.Read(settings.fs, settings.Data)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("step %s: graphs cannot be drawn at it, and it is for the life of the data directory; the nearest that work are %s",
			expr.DurationOf(settings.Step), nearest)
	}
	if err == nil {
		logger.Warn("graphs cannot be drawn well at the step of this data directory: some fail, and others have another step than they ask for; "+
			"a new directory can have one that works", "step", settings.Step, "nearest", nearest)
	}
	return nil // what is wrong with the directory is said when it is opened
}

func nearestText(below, above int64) string {
	text := func(ms int64) string { return expr.DurationOf(time.Duration(ms) * time.Millisecond).String() }
	switch {
	case below == 0:
		return text(above)
	case above == 0:
		return text(below)
	}
	return text(below) + " and " + text(above)
}
