package tsdbtest

import (
	"errors"
	"testing"

	"github.com/telamon-tsdb/telamon/tsdb"
	"github.com/telamon-tsdb/telamon/tsdb/vfs/vfstest"
	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// OpenDB returns an empty DB of one-minute steps over a log in memory. It is closed when the test ends.
func OpenDB(t testing.TB) *tsdb.DB {
	t.Helper()
	log, err := wal.Open(wal.Config{FS: vfstest.NewMemory(), Dir: "/wal"})
	if err != nil {
		t.Fatal(err)
	}
	db, err := tsdb.New(tsdb.Config{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(log.Replay(db.Replay), db.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		db.Close()
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
