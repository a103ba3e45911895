package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/edge"
)

// Settings are what an operator may set. Each is a flag, an environment variable and a key of the
// configuration file, in this order of precedence: --max-age, TELAMON_MAX_AGE, max-age.
type Settings struct {
	Listen    string
	Data      string
	Step      time.Duration
	Retention time.Duration // 0: for ever
	MaxAge    time.Duration
	// MemoryHorizon is how long values stay in memory besides their file.
	MemoryHorizon time.Duration
	Timezone      string
	EvalDelay     time.Duration
	Rules         string
	Limits        tsdb.Limits
	// MaxLines and MaxDatapoints bound what one expression of a graph draws.
	MaxLines, MaxDatapoints int
	// Origins and Hosts are what of other origins and under which names the server answers.
	Origins   edge.Origins
	Hosts     edge.Hosts
	Fonts     *draw.Fonts // of pictures, beside the built-in one
	Self      bool
	LogLevel  string
	LogFormat string
	Sync      wal.SyncMode

	fs vfs.FS // where Data is; nil is the machine's own
}

// addFlags declares every setting. The flag set is the one list of names, defaults and texts.
func addFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "YAML `file` with any of these settings as keys")
	flags.String("listen", "127.0.0.1:7101", "`address` to serve HTTP on; port 0 picks a free one")
	flags.String("data", "./telamon-data", "data `directory`")
	flags.String("step", "60s", "`duration` of one step of the grid, fixed when the data directory is made; one that\ngraphs can be drawn at, as 1s, 5s, 10s, 30s, 1m, 5m; others are refused then")
	flags.String("retention", "15d", "`duration` for which data are kept; 0 is for ever")
	flags.String("memory-horizon", "6h", "`duration` for which values that are in a file stay in memory, too")
	flags.String("max-age", "15m", "`duration` that a published sample may be old")
	flags.String("timezone", "UTC", "`zone` for expressions and times that name none, such as US/Pacific")
	flags.String("eval-delay", "", "`duration` from the end of a step until the rules evaluate it (default one step)")
	flags.String("rules", "", "YAML `file` with alert rules; read again on SIGHUP")
	flags.String("max-series", "", "`number` of series in all, 0 is no limit (default the memory limit / 4 KB)")
	flags.String("max-series-bytes", "", "`number` of bytes of memory that the tags of all series may take, 0 is no limit (default a quarter of the memory limit)")
	flags.String("max-values-per-key", "200000", "`number` of different values of one tag key, 0 is no limit")
	flags.String("max-new-series", "", "`number` of new series a minute while there are more than half of max-series, 0 is no limit (default a fifth of max-series)")
	flags.String("max-lines", "1024", "`number` of lines that one expression of a graph may draw")
	flags.String("max-datapoints", "500000", "`number` of stored points that the lines of one expression of a graph may draw")
	flags.StringSlice("cors-origins", nil, "`origins` whose pages may read and change everything, besides the server's own,\nsuch as https://grafana.example; '*' is every page there is (default none)")
	flags.StringSlice("allowed-hosts", nil, "`hosts` under which the server is asked for, besides localhost and loopback addresses:\nhow others call it behind a proxy, such as metrics.example; '*' is every name (default none\nover a loopback address, every name over others)")
	flags.StringSlice("font", nil, "TrueType or OpenType `file` with letters for PNG pictures beside Latin, Greek and Cyrillic, such as\nChinese, Japanese, Korean and symbols; may be repeated, the first that has a letter counts")
	flags.String("self", "on", "`on|off`: store the server's own metrics")
	flags.String("log-level", "info", "`level` from which on to log: debug, info, warn or error")
	flags.String("log-format", "text", "`format` of the log: text or json")
	flags.String("sync", "batch", "`mode` batch syncs the disk before samples are acknowledged; none leaves that to the system:\nwhat was acknowledged survives kill -9 then, and not a power failure")
}

var syncModes = map[string]wal.SyncMode{"batch": wal.SyncBatch, "none": wal.SyncNone}

const envPrefix = "TELAMON_"

// loadSettings layers the defaults, the file, the environment and the flags, and checks the result.
// Variables that are empty or match no setting are left alone: orchestrators put their own TELAMON_… there. See strangers.
func loadSettings(flags *pflag.FlagSet, environ []string) (Settings, error) {
	k := koanf.New(".")
	if path := configPath(flags, environ); path != "" {
		if err := k.Load(configFile(path), configFile(path)); err != nil {
			return Settings{}, fmt.Errorf("config %s: %w", path, err)
		}
		if err := unknownKeys(k.Keys(), flags); err != nil {
			return Settings{}, fmt.Errorf("config %s: %w", path, err)
		}
	}
	fromEnv := env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(key, value string) (string, any) {
			name := settingOf(strings.TrimPrefix(key, envPrefix))
			if value == "" || flags.Lookup(name) == nil {
				return "", nil
			}
			return name, value
		},
	})
	if err := k.Load(fromEnv, nil); err != nil {
		return Settings{}, fmt.Errorf("environment: %w", err)
	}
	if err := k.Load(posflag.Provider(flags, ".", k), nil); err != nil {
		return Settings{}, fmt.Errorf("flags: %w", err)
	}
	return readSettings(k)
}

// configPath finds the file before the layers exist: the flag, else the environment.
func configPath(flags *pflag.FlagSet, environ []string) string {
	if path, _ := flags.GetString("config"); path != "" {
		return path
	}
	for _, e := range environ {
		if path, ok := strings.CutPrefix(e, envPrefix+"CONFIG="); ok {
			return path
		}
	}
	return ""
}

// readSettings gives the layered texts their types.
func readSettings(k *koanf.Koanf) (Settings, error) {
	r := settingReader{k: k}
	s := Settings{
		Listen:        k.String("listen"),
		Data:          k.String("data"),
		Step:          r.duration("step"),
		Retention:     r.duration("retention"),
		MaxAge:        r.duration("max-age"),
		MemoryHorizon: r.duration("memory-horizon"),
		Timezone:      k.String("timezone"),
		Rules:         k.String("rules"),
		Self:          r.choice("self", "on", "off") == "on",
		LogLevel:      r.choice("log-level", "debug", "info", "warn", "error"),
		LogFormat:     r.choice("log-format", "text", "json"),
		Sync:          syncModes[r.choice("sync", "batch", "none")],
	}
	s.EvalDelay = s.Step
	if k.String("eval-delay") != "" {
		s.EvalDelay = r.duration("eval-delay")
	}
	if _, err := expr.LoadZone(s.Timezone); err != nil && r.err == nil {
		r.err = fmt.Errorf("timezone: %w; write an ID such as UTC or US/Pacific", err)
	}
	s.Limits = r.limits()
	s.Origins, s.Hosts = parseList(&r, "cors-origins", edge.ParseOrigins), parseList(&r, "allowed-hosts", edge.ParseHosts)
	s.Fonts = parseList(&r, "font", draw.LoadFonts)
	s.MaxLines, s.MaxDatapoints = r.positive("max-lines"), r.positive("max-datapoints")
	switch {
	case r.err != nil:
		return Settings{}, r.err
	case s.Listen == "": // it would be all interfaces
		return Settings{}, errors.New("listen: it is empty; want HOST:PORT, as 127.0.0.1:7101")
	case s.Data == "":
		return Settings{}, errors.New("data: it is empty; want a directory, as ./telamon-data")
	case s.Step <= 0:
		return Settings{}, fmt.Errorf("step %s: it must be longer than nothing", k.String("step"))
	case s.MaxAge <= 0:
		return Settings{}, fmt.Errorf("max-age %s: every sample would be too old; write how old one may be, such as 15m", k.String("max-age"))
	case s.Retention > 0 && s.MaxAge > s.Retention:
		return Settings{}, fmt.Errorf("max-age %s is longer than retention %s: samples would be accepted and dropped; "+
			"lower --max-age or raise --retention", k.String("max-age"), k.String("retention"))
	}
	return s, nil
}

// A settingReader keeps the first error.
type settingReader struct {
	k   *koanf.Koanf
	err error
}

// duration reads a duration as the query language writes them: 90s, 15d, PT1H; 0 needs no unit.
func (r *settingReader) duration(key string) time.Duration {
	text := r.k.String(key)
	if text == "0" {
		return 0
	}
	d, err := parseDuration(text)
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w (a number and a unit, as 90s or PT1M)", key, err)
	}
	return d
}

// parseDuration reads a duration in whole milliseconds. One that time.Duration cannot say is an error: it would turn
// into a short one, or into a retention that drops everything.
func parseDuration(text string) (time.Duration, error) {
	d, err := expr.ParseDuration(text)
	if err != nil {
		return 0, err
	}
	std, fits := d.Std()
	switch {
	case !fits:
		return 0, fmt.Errorf("%s is longer than 292 years", text)
	case std < 0:
		return 0, fmt.Errorf("%s is negative", text)
	case std%time.Millisecond != 0:
		return 0, fmt.Errorf("%s is not a whole number of milliseconds", text)
	}
	return std, nil
}

// limits reads the limits on series, which depend on the memory and on each other.
func (r *settingReader) limits() tsdb.Limits {
	var l tsdb.Limits
	memory := processBytes()
	l.Series = r.number("max-series", int(memory/bytesPerSeries))
	l.SeriesBytes = r.number("max-series-bytes", int(memory/seriesShare))
	l.ValuesPerKey = r.number("max-values-per-key", 0)
	l.NewSeries = r.number("max-new-series", l.Series/5)
	return l
}

// number reads a whole number, not negative; where nothing is set it is otherwise.
func (r *settingReader) number(key string, otherwise int) int {
	text := r.k.String(key)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if (err != nil || n < 0) && r.err == nil {
		r.err = fmt.Errorf("%s: %q is not a whole number of 0 or more", key, text)
	}
	return n
}

// positive reads a whole number of at least 1.
func (r *settingReader) positive(key string) int {
	n := r.number(key, 0)
	if n == 0 && r.err == nil {
		r.err = fmt.Errorf("%s 0: no query could be answered; write a number of 1 or more", key)
	}
	return n
}

// list reads texts: a list of the file or of flags, or a text with commas. Blanks around a text are not of it.
func (r *settingReader) list(key string) (texts []string) {
	entries := r.k.Strings(key)
	if text, isText := r.k.Get(key).(string); isText {
		entries = strings.Split(text, ",")
	}
	for _, entry := range entries {
		if entry = strings.TrimSpace(entry); entry != "" {
			texts = append(texts, entry)
		}
	}
	return texts
}

// parseList reads a list of texts that mean something.
func parseList[T any](r *settingReader, key string, parse func([]string) (T, error)) T {
	parsed, err := parse(r.list(key))
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%s: %w", key, err)
	}
	return parsed
}

func (r *settingReader) choice(key string, choices ...string) string {
	text := r.k.String(key)
	if !slices.Contains(choices, text) && r.err == nil {
		// A YAML parser reads a bare on or off as a truth value.
		if b, isBool := r.k.Get(key).(bool); isBool && slices.Contains(choices, "on") {
			return map[bool]string{true: "on", false: "off"}[b]
		}
		r.err = fmt.Errorf("%s: %q is none of %s", key, text, strings.Join(choices, ", "))
	}
	return text
}

// environment is the process's own.
func environment() []string { return os.Environ() }
