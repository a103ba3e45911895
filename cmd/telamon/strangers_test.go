package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestStrangers: variables that match no setting are told in one line, a container platform's apart from slips.
func TestStrangers(t *testing.T) {
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	addFlags(flags)
	for _, c := range []struct {
		environ []string
		want    string // "": nothing is said
	}{
		{[]string{"HOME=/root", "TELAMON_STEP=5s", "TELAMON_CONFIG=x.yaml", "TELAMON_MAX_AGE=", "TELAMON=1", "XTELAMON_A=1"}, ""},
		{[]string{"TELAMON_NOSUCH="}, ""},
		{[]string{"TELAMON_RETENTON=3d"}, `variables="TELAMON_RETENTON (the nearest is TELAMON_RETENTION)"`},
		{[]string{"telamon_step=5s", "Telamon_Max_Age=1h"},
			`variables="Telamon_Max_Age (the nearest is TELAMON_MAX_AGE), telamon_step (the nearest is TELAMON_STEP)"`},
		{[]string{"TELAMON_HELP=1"}, `variables="TELAMON_HELP (the nearest is TELAMON_`},
		{[]string{"TELAMON_PORT=7101"}, `variables="TELAMON_PORT (the nearest is TELAMON_`},
		{[]string{"TELAMON_PORT=tcp://10.0.0.1:7101", "TELAMON_SERVICE_HOST=10.0.0.1", "TELAMON_SERVICE_PORT_HTTP=7101"},
			`of_a_container_platform="TELAMON_PORT TELAMON_SERVICE_HOST TELAMON_SERVICE_PORT_HTTP"`},
		{[]string{"TELAMON_WEB_PORT=tcp://10.0.0.2:80", "TELAMON_WEB_SERVICE_PORT=80", "TELAMON_WEB_PORT_80_TCP_PORT=80", "TELAMON_PORT_53_UDP_PROTO=udp"},
			`of_a_container_platform="TELAMON_PORT_53_UDP_PROTO TELAMON_WEB_PORT TELAMON_WEB_PORT_80_TCP_PORT TELAMON_WEB_SERVICE_PORT"`},
		{[]string{"TELAMON_PORT=tcp://10.0.0.1:7101", "TELAMON_SETP=5s"},
			`variables="TELAMON_SETP (the nearest is TELAMON_STEP)" of_a_container_platform=TELAMON_PORT`},
	} {
		var log bytes.Buffer
		findStrangers(c.environ, flags).warn(slog.New(slog.NewTextHandler(&log, nil)))
		if !strings.Contains(log.String(), c.want) || (log.Len() > 0) != (c.want != "") || strings.Count(log.String(), "\n") > 1 {
			t.Errorf("%q: logged %q, want %q", c.environ, log.String(), c.want)
		}
		if _, err := loadSettings(flags, c.environ[:min(1, len(c.environ))]); err != nil {
			t.Errorf("%q: %v", c.environ, err)
		}
	}
}
