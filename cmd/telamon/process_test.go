package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// patience bounds every wait of the tests: far more than the slowest machine needs.
const patience = 2 * time.Minute

// A process is a running telamon that writes what it prints into a file.
type process struct {
	cmd    *exec.Cmd
	output string        // name of the file with its standard output and error
	done   chan struct{} // closed when it has ended
}

// startProcess runs telamon in dir. Its environment is env, where that is not nil.
func startProcess(dir, name string, env []string, args ...string) (*process, error) {
	return startCommand(dir, name, env, exec.Command("telamon", args...))
}

// startCommand runs a command that becomes a telamon.
func startCommand(dir, name string, env []string, cmd *exec.Cmd) (*process, error) {
	p := &process{output: filepath.Join(dir, name+".out"), done: make(chan struct{})}
	out, err := os.OpenFile(p.output, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd = cmd
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, env, out, out
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // the status is in cmd.ProcessState
		close(p.done)
	}()
	return p, nil
}

var printedAddress = regexp.MustCompile(`telamon(?: demo)? listens on (http://\S+)\n`)

// address waits for the newest address that was printed after the first skip bytes of the output.
func (p *process) address(skip int) (string, error) {
	match, err := p.await(printedAddress, skip)
	if err != nil {
		return "", err
	}
	return match[1], nil
}

// await waits until the output after its first skip bytes matches.
func (p *process) await(pattern *regexp.Regexp, skip int) (match []string, err error) {
	over := false
	err = poll(func() error {
		ended := p.hasEnded()
		text, err := os.ReadFile(p.output)
		if err != nil {
			return err
		}
		if match = pattern.FindStringSubmatch(string(text[skip:])); match == nil {
			over = ended
			return fmt.Errorf("%s does not match %s:\n%s", p.output, pattern, text[skip:])
		}
		return nil
	}, func() bool { return over })
	return match, err
}

// fileSize returns the size of a file in bytes, 0 where there is none.
func fileSize(name string) int {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return int(info.Size())
}

func (p *process) hasEnded() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) signal(s syscall.Signal) error { return p.cmd.Process.Signal(s) }

// wait returns the exit status; -1 stands for a signal.
func (p *process) wait() (int, error) {
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode(), nil
	case <-time.After(patience):
		return 0, fmt.Errorf("%v has not ended after %s", p.cmd.Args, patience)
	}
}

// kill ends the process as a power cut would, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // fails only if it has ended
	<-p.done
}

// poll tries until try succeeds, patience is over, or hopeless says so. It returns the last error.
func poll(try func() error, hopeless func() bool) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		err := try()
		if err == nil || time.Now().After(deadline) || hopeless() {
			return err
		}
	}
}

// neverHopeless lets poll run out its patience.
func neverHopeless() bool { return false }
