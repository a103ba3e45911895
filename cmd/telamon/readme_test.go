package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/query/alert"
)

// readme returns the README of the repository, and its blocks of code in a language, in order.
func readme(t *testing.T, language string) (text string, blocks []string) {
	t.Helper()
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```").FindAllStringSubmatch(string(data), -1) {
		blocks = append(blocks, block[1])
	}
	return string(data), blocks
}

// TestQuickStart does what the README says, as somebody new would: the rules are saved, and the commands are run as they
// are printed, but for the port and the build, whose program this one is.
func TestQuickStart(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	dir, address := t.TempDir(), freeAddress(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(program, filepath.Join(dir, "telamon")); err != nil {
		t.Fatal(err)
	}
	_, rules := readme(t, "yaml")
	_, commands := readme(t, "sh")
	if len(rules) != 1 || len(commands) < 5 {
		t.Fatalf("the README has %d files of rules and %d blocks of commands", len(rules), len(commands))
	}
	if err := os.WriteFile(filepath.Join(dir, "rules.yaml"), []byte(rules[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	script := strings.Join(commands, "\n")
	script = strings.Replace(script, "go build -o telamon ./cmd/telamon", ":", 1)
	script = strings.Replace(script, "kill -TERM", "sleep 1\nkill -TERM", 1) // SIGHUP is answered in its own time
	script = strings.ReplaceAll(script, "127.0.0.1:7101", address) + "\nwait $server"
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, "bash", "-c", "set -e\ntrap 'kill $server 2>/dev/null || true' EXIT\n"+script)
	run.Dir, run.Env, run.WaitDelay = dir, append(os.Environ(), "TELAMON_LISTEN="+address), 5*time.Second
	out, err := run.CombinedOutput()
	if err != nil {
		t.Errorf("the commands fail: %v\n%s", err, out)
	}
	at := 0
	for _, want := range []string{"telamon listens on", "HTTP/1.1 200 OK", `"values":[`, "42.0", `{"series":1,`, "rules reloaded", "stopping"} {
		found := strings.Index(string(out)[at:], want)
		if found < 0 {
			t.Fatalf("no %q from there on:\n%s\n---\nafter:\n%s", want, out[at:], out[:at])
		}
		at += found
	}
}

// freeAddress returns an address on which nobody listens yet.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestWebhookIsDescribed wants each field of an event in the README.
func TestWebhookIsDescribed(t *testing.T) {
	text, _ := readme(t, "json")
	for _, field := range reflect.VisibleFields(reflect.TypeFor[alert.Event]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !strings.Contains(text, "`"+name+"`") && !strings.Contains(text, `"`+name+`":`) {
			t.Errorf("the README does not say what %q is", name)
		}
	}
}
