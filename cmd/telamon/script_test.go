package main

import (
	"fmt"
	"net/http"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// TestMain lets scripts and tests run this test binary as the program telamon, and looks for goroutines
// that outlive the tests.
func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){"telamon": main})
}

type leakChecked struct{ m *testing.M }

func (c leakChecked) Run() int {
	if status := c.m.Run(); status != 0 {
		return status
	}
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestScripts runs testdata/*.txt, each of which is a session with the real program. Beside the commands of
// testscript there are:
//
//	start NAME ARGS...          run telamon until it prints its address, which becomes $NAME
//	await NAME PATTERN          wait until the output of NAME matches
//	signal NAME INT|TERM|HUP|KILL|STOP|CONT
//	ended NAME STATUS           wait until NAME has ended with that status; -1 is "by a signal"
//	hook [refuse]               start a webhook receiver, whose address becomes $hook; or let it answer 503, or no longer
//	events RULE STATE...        wait for these events of a rule, folded by their IDs; no others may have come. A state may
//	                            have a reason, as resolved:no_data
//	feed NAME URL VALUE         from now on publish the gauge NAME, or NAME,KEY=VALUE..., to URL, for each second; an empty
//	                            URL lets it fall silent
//	get PATTERN URL             ask until status line and body match
//	post STATUS URL FILE        publish a file
//	fleet URL                   publish the golden fleet
//	answers URL                 ask what Atlas was asked; from the second time on, want the same bytes as the first
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			s := &session{processes: map[string]*process{}, feeds: map[string]*feed{}}
			env.Values[sessionKey{}] = s
			env.Defer(s.close)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"start":   command(2, (*session).start),
			"await":   command(2, (*session).await),
			"signal":  command(2, (*session).signal),
			"ended":   command(2, (*session).ended),
			"hook":    command(0, (*session).useHook),
			"events":  command(2, (*session).events),
			"feed":    command(3, (*session).feed),
			"get":     command(2, (*session).get),
			"post":    command(3, (*session).post),
			"fleet":   command(1, (*session).fleet),
			"answers": command(1, (*session).answers),
		},
	})
}
