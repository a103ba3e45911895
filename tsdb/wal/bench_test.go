package wal

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
)

// BenchmarkAppend appends records of the size of one batch of 100 or 1,000 points, from some callers at
// once. On disk it measures the machine's fsync; in memory what the log adds.
func BenchmarkAppend(b *testing.B) {
	for _, on := range []string{"disk", "disk-nosync", "memory"} {
		for _, callers := range []int{1, 16} {
			for _, size := range []int{1200, 12000} {
				b.Run(fmt.Sprintf("on=%s/callers=%d/bytes=%d", on, callers, size), func(b *testing.B) {
					cfg := Config{Dir: b.TempDir()}
					switch on {
					case "disk-nosync":
						cfg.Sync = SyncNone
					case "memory":
						cfg.FS = discard{vfstest.NewMemory()}
					}
					benchmarkAppend(b, cfg, callers, size)
				})
			}
		}
	}
}

func benchmarkAppend(b *testing.B, cfg Config, callers, size int) {
	l, _ := openLog(b, cfg)
	record := Record{Type: Points, Version: 1, Body: make([]byte, size)}
	var left atomic.Int64
	left.Store(int64(b.N))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				if err := l.Append(context.Background(), record); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	stats := l.Stats()
	b.ReportMetric(float64(stats.Appends)/float64(stats.Groups), "appends/group")
}

// discard forgets what is written, so that memory does not fill.
type discard struct{ vfs.FS }

type discardFile struct{ vfs.File }

func (d discard) Create(name string) (vfs.File, error) {
	f, err := d.FS.Create(name)
	return discardFile{f}, err
}

func (discardFile) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkReplay(b *testing.B) {
	for _, size := range []int{50, 1200, 12000} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			const total = 64 << 20
			cfg := Config{Dir: b.TempDir(), Sync: SyncNone}
			l, _ := openLog(b, cfg)
			batch := make([]Record, 1000)
			for i := range batch {
				batch[i] = Record{Type: Points, Version: 1, Body: make([]byte, size)}
			}
			for range total / size / len(batch) {
				mustAppend(b, l, batch...)
			}
			bytes := l.Stats().Bytes
			l.Close()
			b.SetBytes(bytes)
			b.ReportAllocs()
			for b.Loop() {
				l, err := Open(cfg)
				if err != nil {
					b.Fatal(err)
				}
				if err := l.Replay(func(Position, Record) error { return nil }); err != nil {
					b.Fatal(err)
				}
				l.Close()
			}
		})
	}
}

// BenchmarkResync reads a segment in which no record is whole, the worst that a reader can meet by accident.
func BenchmarkResync(b *testing.B) {
	data := make([]byte, 8<<20)
	for i := range data {
		data[i] = byte(i * i >> 8)
	}
	copy(data, Header{Number: 1}.append(nil))
	fsys := onDisk(b, map[uint32][]byte{1: data})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		for entry, err := range Walk(fsys, segmentPath(testDir, 1)) {
			if err == nil {
				b.Fatalf("a record at %s", entry.Position)
			}
		}
	}
}
