package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/telamon-tsdb/telamon/tsdb"
)

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Run the server until SIGTERM or Ctrl-C, and then finish what was acknowledged.

Each setting is a flag, an environment variable and a key of the --config file, in this
order of precedence: --max-age 1h, TELAMON_MAX_AGE=1h, and the line "max-age: 1h".
Durations are a number and a unit, as 90s, 15m, 3h, 15d, 2w, or ISO 8601 as PT1H30M.
SIGHUP reads the rules file again; a broken one changes nothing, nor does one that lacks more than
half of the rules while an alert fires, unless it says allow_removal: true.`,
		Args: cobra.NoArgs,
	}
	addFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := loadSettings(cmd.Flags(), environment())
		if err != nil {
			return err
		}
		followMemoryLimit(0)
		collectOften()
		log := newLogStream(cmd.ErrOrStderr())
		defer log.Close()
		logger := newLogger(log, settings)
		findStrangers(environment(), cmd.Flags()).warn(logger)
		s, err := openServer(settings, logger)
		if err != nil {
			return err
		}
		s.maintained = func(st tsdb.Stats) { followMemoryLimit(st.OutsideBytes) }
		fmt.Fprintln(cmd.OutOrStdout(), "telamon listens on", s.url())
		return s.run(cmd.Context())
	}
	return cmd
}

// newLogger returns the logger that the settings ask for.
func newLogger(w io.Writer, s Settings) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		panic("log-level was not checked: " + err.Error())
	}
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		options.ReplaceAttr = readableDuration
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// readableDuration writes a duration as 1m0s, where JSON would have its nanoseconds.
func readableDuration(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// hangups returns a channel that has a value after each SIGHUP.
func hangups() (_ <-chan os.Signal, stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}
