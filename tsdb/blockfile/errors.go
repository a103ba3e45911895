package blockfile

import "errors"

var (
	// ErrDamaged reports a file that is cut short, altered or foreign. The error that wraps it names the
	// file, the offset and what is wrong there. The way out is Quarantine.
	ErrDamaged = errors.New("block file damaged")
	// ErrNewer reports a file whose format is newer than this program's. The way out is the program that
	// wrote it.
	ErrNewer = errors.New("written by a newer version of the program")
	// ErrClosed reports the use of a Reader after Close.
	ErrClosed = errors.New("block file is closed")
	// ErrTooLarge reports that a section would pass 4 GiB, which the offsets in it cannot say. The way
	// out is fewer shards in a file.
	ErrTooLarge = errors.New("a section of a block file would pass 4 GiB")
)
