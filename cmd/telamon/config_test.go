package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/telamon-tsdb/telamon/web/edge"
)

// readConfig returns the settings of a configuration file with that text.
func readConfig(t *testing.T, text string) (Settings, error) {
	path := filepath.Join(t.TempDir(), "telamon.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	addFlags(flags)
	return loadSettings(flags, []string{"TELAMON_CONFIG=" + path})
}

// TestConfigOpenings: a configuration file may begin as YAML lets it.
func TestConfigOpenings(t *testing.T) {
	const body = "step: 5s\nself: off\nmax-series: 1000\ntimezone: \"US/Pacific\"\n"
	for _, opening := range []string{"", "\uFEFF", "---\n", "%YAML 1.2\n---\n", "\uFEFF# c\n%YAML 1.2\n--- # c\n", "--- !!map\n", "--- &all\n"} {
		for _, text := range []string{opening + body, strings.ReplaceAll(opening+body+"...\n", "\n", "\r\n")} {
			s, err := readConfig(t, text)
			if err != nil || s.Step != 5*time.Second || s.Self || s.Limits.Series != 1000 || s.Timezone != "US/Pacific" {
				t.Errorf("%q: %v, %+v", text, err, s)
			}
		}
	}
	for _, text := range []string{"", "# nothing\n", "---\n", "null\n"} {
		if s, err := readConfig(t, text); err != nil || s.Step != time.Minute {
			t.Errorf("%q: %v, step %v", text, err, s.Step)
		}
	}
}

// TestListsWithBlanks: a list may have blanks behind its commas, in a flag as in the environment and the file.
func TestListsWithBlanks(t *testing.T) {
	const origins, hosts = "https://a.example, https://b.example,", " a.example , b.example:99"
	for name, given := range map[string]struct{ flags, environ []string }{
		"flags":       {flags: []string{"--cors-origins", origins, "--allowed-hosts", hosts}},
		"environment": {environ: []string{"TELAMON_CORS_ORIGINS=" + origins, "TELAMON_ALLOWED_HOSTS=" + hosts}},
	} {
		flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
		addFlags(flags)
		if err := flags.Parse(given.flags); err != nil {
			t.Fatal(err)
		}
		got, err := loadSettings(flags, given.environ)
		want, errOrigins := edge.ParseOrigins([]string{"https://a.example", "https://b.example"})
		wantHosts, errHosts := edge.ParseHosts([]string{"a.example", "b.example:99"})
		if err := errors.Join(err, errOrigins, errHosts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got.Origins, want) || !reflect.DeepEqual(got.Hosts, wantHosts) {
			t.Errorf("%s: got %v and %v, want %v and %v", name, got.Origins, got.Hosts, want, wantHosts)
		}
	}
}

func TestConfigMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"\uFEFF%YAML 1.2\r\n---\r\nstep: [5s\r\n": "telamon.yaml: line 3, column 7: ",
		"step: 5s\n---\nstep: 6s\n":               "telamon.yaml: line 3, column 1: a second document",
		"step: 5s\nstep: 6s\n":                    `telamon.yaml: line 2, column 1: mapping key "step" already defined`,
		"- step\n":                                "telamon.yaml: line 1, column 1: the file is a mapping",
		"stepp: 5s\n":                             `unknown key "stepp"`,
	} {
		if _, err := readConfig(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
}
