package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
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
	for _, opening := range []string{"", "\uFEFF", "---\n", "%YAML 1.2\n---\n", "\uFEFF# c\n%YAML 1.2\n--- # c\n"} {
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
