package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDirectoryTaken: once the data directory, or its lock, is removed, moved or replaced, nothing is acknowledged any
// more, and a second server that starts there has what is there to itself.
func TestDirectoryTaken(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(t *testing.T, data string) error{
		"lock removed":      func(_ *testing.T, data string) error { return os.Remove(filepath.Join(data, "lock")) },
		"directory removed": func(_ *testing.T, data string) error { return os.RemoveAll(data) },
		"directory moved":   func(t *testing.T, data string) error { return os.Rename(data, filepath.Join(t.TempDir(), "moved")) },
		"lock replaced": func(_ *testing.T, data string) error {
			lock := filepath.Join(data, "lock")
			if err := os.Remove(lock); err != nil {
				return err
			}
			return os.WriteFile(lock, nil, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := testSettings(t)
			settings.Data = filepath.Join(settings.Data, "data")
			settings.Step, settings.EvalDelay = time.Second, time.Second
			first, _ := runServer(t, settings)
			value := []sample{{map[string]string{"name": "queue.depth"}, time.Now().UnixMilli(), 1}}
			if err := first.publish(t.Context(), value); err != nil {
				t.Fatal(err)
			}
			if err := take(t, settings.Data); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				err := first.publish(t.Context(), value)
				if err == nil || !strings.Contains(err.Error(), "503 ") || !strings.Contains(err.Error(), settings.Data) {
					t.Errorf("publishing after that: %v, want 503 and the directory", err)
				}
			}
			second, err := openServer(settings, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatalf("a second server there: %v", err)
			}
			goRun(t, second)
			c := client{url: second.url()}
			if err := c.waitReady(); err != nil {
				t.Fatal(err)
			}
			if err := c.publish(t.Context(), value); err != nil {
				t.Fatal(err)
			}
			before := listTree(t, settings.Data)
			if err := first.publish(t.Context(), value); err == nil {
				t.Error("the first server takes samples again")
			}
			time.Sleep(2 * settings.Step) // maintenance comes round
			if after := listTree(t, settings.Data); len(after) < len(before) {
				t.Errorf("files are gone: %v, before %v", after, before)
			}
		})
	}
}

// listTree returns the names of all files below dir.
func listTree(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
