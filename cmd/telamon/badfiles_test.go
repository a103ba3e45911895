package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// A heardLog is what a server logs, as text.
type heardLog struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (l *heardLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *heardLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// filedHours returns the settings of a server whose three hours of one series are in files, and their times.
func filedHours(t *testing.T) (Settings, []int64) {
	t.Helper()
	settings := testSettings(t)
	settings.fs = vfstest.NewMemory()
	c, stop := runServer(t, settings)
	var times []int64
	for i := range 3 {
		at := time.Now().Truncate(time.Hour).Add(time.Duration(i-6) * time.Hour).UnixMilli()
		times = append(times, at)
		if err := c.publish(t.Context(), []sample{{map[string]string{"name": "disk.used"}, at, number(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := poll(func() error { // the maintenance of the next start
		stop()
		_, stop = runServer(t, settings)
		if len(filesOf(t, settings, "blocks", ".blk")) < len(times) {
			return errNotReady
		}
		return nil
	}, neverHopeless); err != nil {
		t.Fatal(err)
	}
	stop()
	return settings, times
}

// filesOf returns the paths of the block files or of the log, by name.
func filesOf(t *testing.T, settings Settings, part, suffix string) (paths []string) {
	t.Helper()
	dir := filepath.Join(settings.Data, namespace, part)
	names, err := settings.fs.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(slices.Values(names)) {
		if strings.HasSuffix(name, suffix) {
			paths = append(paths, filepath.Join(dir, name))
		}
	}
	return paths
}

// TestBadFiles starts a server over files that are not as it left them: what is bad is named, and set aside where nothing is left of it; the rest is
// served, and samples are taken.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	settings, times := filedHours(t)
	whole := settings.fs.(*vfstest.Memory)
	for name, c := range map[string]struct {
		part, suffix string
		change       func(data []byte) []byte
		lost         int    // hours
		aside        int    // files that are set aside
		logged       string // by the server
	}{
		"nothing":              {"blocks", ".blk", bytes.Clone, 0, 0, ""},
		"a block file is cut":  {"blocks", ".blk", func(b []byte) []byte { return b[:len(b)/2] }, 1, 1, "set aside"},
		"a block file is bent": {"blocks", ".blk", func(b []byte) []byte { b[54] ^= 0x10; return b }, 1, 0, "values are lost"},
		"a block file is gone": {"blocks", ".blk", func([]byte) []byte { return nil }, 1, 1, "set aside"},
		"a foreign block file": {"blocks", ".blk", func([]byte) []byte { return bytes.Repeat([]byte("not ours"), 100) }, 1, 1, "set aside"},
		"a foreign segment":    {"wal", ".wal", func([]byte) []byte { return bytes.Repeat([]byte("not ours"), 100) }, 0, 0, "wal: "},
		"a segment is cut":     {"wal", ".wal", func(b []byte) []byte { return b[:len(b)/2] }, 0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			settings := settings
			settings.fs = whole.Kill()
			for _, stranger := range []string{"blocks/notes.txt", "wal/notes.txt", "blocks/lost+found"} {
				if err := vfs.ReplaceFile(settings.fs, filepath.Join(settings.Data, namespace, stranger), []byte("a note")); err != nil {
					t.Fatal(err)
				}
			}
			damageFile(t, settings.fs, filesOf(t, settings, c.part, c.suffix)[0], c.change)
			log := &heardLog{}
			s, err := openServer(settings, slog.New(slog.NewTextHandler(log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			stop := goRun(t, s)
			server := client{url: s.url()}
			if err := server.waitReady(); err != nil {
				t.Fatal(err)
			}
			if err := server.publish(t.Context(), []sample{{map[string]string{"name": "disk.used"}, times[2] + 60_000, 9}}); err != nil {
				t.Error(err)
			}
			values := func() map[int64]float64 {
				got, err := server.slots("name,disk.used,:eq", times[0]-60_000, times[2]+60_000, 60_000)
				if err != nil {
					return nil // the query that finds the damage
				}
				return got["name=disk.used"]
			}
			if values(); c.lost > 0 { // damage that the start did not see is set aside by maintenance, a step later
				if err := s.db.Maintain(t.Context(), time.Now()); err != nil {
					t.Error(err)
				}
			}
			got := values()
			if len(got) != len(times)+1-c.lost || got[times[2]+60_000] != 9 {
				t.Errorf("values %v, want %d and the new one", got, len(times)-c.lost)
			}
			stop()
			if !strings.Contains(log.String(), c.logged) {
				t.Errorf("nothing of %q in the server's log:\n%s", c.logged, log)
			}
			if n := len(filesOf(t, settings, "blocks", ".bad")); n != c.aside {
				t.Errorf("%d files are set aside, want %d", n, c.aside)
			}
		})
	}
}

func damageFile(t *testing.T, fsys vfs.FS, path string, change func([]byte) []byte) {
	t.Helper()
	data, err := vfs.ReadFile(fsys, path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := vfs.ReplaceFile(fsys, path, change(data)); err != nil {
		t.Fatal(err)
	}
}

// TestFilesOfTheFuture: over files of a newer program the server does not start. It names the file and the way out and
// leaves everything as it is.
func TestFilesOfTheFuture(t *testing.T) {
	t.Parallel()
	settings, _ := filedHours(t)
	whole := settings.fs.(*vfstest.Memory)
	// Both kinds of files begin with a magic number of 8 bytes, the version, and more up to a checksum of all before it.
	for part, headBytes := range map[string]int{"blocks": 52, "wal": 28} {
		settings.fs = whole.Kill()
		path := filesOf(t, settings, part, "")[0]
		damageFile(t, settings.fs, path, func(data []byte) []byte {
			binary.LittleEndian.PutUint32(data[8:], 99)
			sum := crc32.Checksum(data[:headBytes-4], crc32.MakeTable(crc32.Castagnoli))
			binary.LittleEndian.PutUint32(data[headBytes-4:], sum)
			return data
		})
		before := contents(t, settings)
		s, err := openServer(settings, slog.New(slog.DiscardHandler))
		if err == nil { // the log is read later
			err = s.run(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), filepath.Base(path)) || !strings.Contains(err.Error(), "version 99") ||
			!strings.Contains(err.Error(), "newer version of the program") {
			t.Errorf("%s: %v", path, err)
		}
		if !maps.Equal(contents(t, settings), before) {
			t.Errorf("%s: files were changed", path)
		}
	}
}

// contents returns the files of the store by path.
func contents(t *testing.T, settings Settings) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, part := range []string{"blocks", "wal"} {
		for _, path := range filesOf(t, settings, part, "") {
			data, err := vfs.ReadFile(settings.fs, path, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			files[path] = string(data)
		}
	}
	return files
}
