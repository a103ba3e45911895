package blockfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// quarantineSuffix ends the names of files set aside; a number follows from the second one on.
const quarantineSuffix = ".bad"

// IsTemporary reports whether a file name is one of a file that was not finished. Unless it is being written, it may be
// removed.
func IsTemporary(name string) bool { return strings.HasSuffix(name, temporarySuffix) }

// Quarantine renames a bad file, so that it is not opened again and nothing of it is lost, and returns its
// new name. Open readers of it go on. The way back is to rename it.
func Quarantine(fsys vfs.FS, name string) (aside string, err error) {
	for n := 1; ; n++ {
		aside = name + quarantineSuffix
		if n > 1 {
			aside = fmt.Sprintf("%s%s%d", name, quarantineSuffix, n)
		}
		_, err := fsys.Size(aside)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return "", fmt.Errorf("set block file %s aside: %w", name, err)
		}
	}
	if err := fsys.Rename(name, aside); err != nil {
		return "", fmt.Errorf("set block file %s aside: %w", name, err)
	}
	return aside, fsys.SyncDir(filepath.Dir(name))
}
