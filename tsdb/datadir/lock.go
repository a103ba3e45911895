package datadir

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// Names in a data directory and in a namespace.
const (
	lockFile = "lock"
	logDir   = "wal"
	blockDir = "blocks"
)

// ErrInUse reports a data directory that another process holds.
var ErrInUse = errors.New("another process is using it; stop that one or choose another --data")

// Lock takes the data directory at path, which must exist, until the result is closed. The error is ErrInUse where another
// process has it.
func Lock(fsys vfs.FS, path string) (vfs.Lock, error) {
	lock, err := fsys.Lock(filepath.Join(path, lockFile))
	if errors.Is(err, vfs.ErrLocked) {
		err = ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", path, err)
	}
	return lock, nil
}

// LogPath returns the directory of a namespace's log in the data directory at path.
func LogPath(path, namespace string) string { return filepath.Join(path, namespace, logDir) }

// BlockPath returns the directory of a namespace's block files.
func BlockPath(path, namespace string) string { return filepath.Join(path, namespace, blockDir) }
