package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"
)

// A session is what one script has started.
type session struct {
	processes map[string]*process
	feeds     map[string]*feed
	hook      *hook
	answered  map[string][sha256.Size]byte // by query; nil: nothing was asked yet
}

// sessionKey finds the session among a script's values.
type sessionKey struct{}

// command makes a command of a script out of a method of the session that wants at least so many arguments.
func command(arguments int, run func(*session, *testscript.TestScript, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < arguments {
			ts.Fatalf("want %d arguments or more, and no !", arguments)
		}
		ts.Check(run(ts.Value(sessionKey{}).(*session), ts, args))
	}
}

// close ends whatever still runs.
func (s *session) close() {
	for _, f := range s.feeds {
		f.close()
	}
	for _, p := range s.processes {
		p.kill()
	}
	if s.hook != nil {
		s.hook.close()
	}
}

func (s *session) process(name string) (*process, error) {
	if p := s.processes[name]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s was not started", name)
}

func (s *session) start(ts *testscript.TestScript, args []string) error {
	name, work := args[0], ts.Getenv("WORK")
	skip := fileSize(filepath.Join(work, name+".out"))
	p, err := startProcess(work, name, environOf(ts), args[1:]...)
	if err != nil {
		return err
	}
	s.processes[name] = p
	address, err := p.address(skip)
	ts.Setenv(name, address)
	return err
}

// environOf returns our environment with what the script has set of ours.
func environOf(ts *testscript.TestScript) []string {
	env := append(os.Environ(), "TMPDIR="+ts.Getenv("TMPDIR"))
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	addFlags(flags)
	flags.VisitAll(func(f *pflag.Flag) {
		key := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := ts.Getenv(key); value != "" {
			env = append(env, key+"="+value)
		}
	})
	return env
}

func (s *session) await(_ *testscript.TestScript, args []string) error {
	p, err := s.process(args[0])
	if err != nil {
		return err
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	if err != nil {
		return err
	}
	_, err = p.await(pattern, 0)
	return err
}

func (s *session) signal(_ *testscript.TestScript, args []string) error {
	signals := map[string]syscall.Signal{
		"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL,
		"STOP": syscall.SIGSTOP, "CONT": syscall.SIGCONT,
	}
	p, err := s.process(args[0])
	if err != nil {
		return err
	}
	return p.signal(signals[args[1]])
}

func (s *session) ended(_ *testscript.TestScript, args []string) error {
	want, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	p, err := s.process(args[0])
	if err != nil {
		return err
	}
	status, err := p.wait()
	if err == nil && status != want {
		output, _ := os.ReadFile(p.output)
		err = fmt.Errorf("%s ended with status %d, want %d\n%s", args[0], status, want, output)
	}
	return err
}

func (s *session) useHook(ts *testscript.TestScript, args []string) error {
	if s.hook == nil {
		s.hook = startHook()
		ts.Setenv("hook", s.hook.url())
	}
	s.hook.refuse(slices.Equal(args, []string{"refuse"}))
	return nil
}

func (s *session) events(_ *testscript.TestScript, args []string) error {
	return s.hook.await(args[0], args[1:])
}

func (s *session) feed(_ *testscript.TestScript, args []string) error {
	name, url := args[0], args[1]
	value, err := strconv.ParseFloat(args[2], 64)
	if err != nil {
		return err
	}
	f := s.feeds[name]
	if f == nil {
		f = startFeed(name)
		s.feeds[name] = f
	}
	f.set(url, value)
	return nil
}

// get prints the answer, for a script to look at.
func (s *session) get(ts *testscript.TestScript, args []string) error {
	pattern, err := regexp.Compile(args[0])
	if err != nil {
		return err
	}
	var text string
	err = poll(func() error {
		resp, err := http.Get(args[1])
		if err != nil {
			return err
		}
		if text, err = readAnswer(resp); err == nil && !pattern.MatchString(text) {
			err = fmt.Errorf("%s does not match %s:\n%s", args[1], pattern, text)
		}
		return err
	}, neverHopeless)
	fmt.Fprint(ts.Stdout(), text)
	return err
}

func (s *session) post(ts *testscript.TestScript, args []string) error {
	resp, err := http.Post(args[1], "application/json", bytes.NewReader([]byte(ts.ReadFile(args[2]))))
	if err != nil {
		return err
	}
	text, err := readAnswer(resp)
	fmt.Fprint(ts.Stdout(), text)
	if err == nil && !strings.HasPrefix(text, args[0]+" ") {
		err = fmt.Errorf("%s answers %s", args[1], text)
	}
	return err
}

// readAnswer returns the status and the body of a response as one text, and closes it.
func readAnswer(resp *http.Response) (string, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.Status + "\n" + string(body), err
}
