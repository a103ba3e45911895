package yamlfile

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// Read returns the bytes of a regular file, one more than maxBytes at most, so that Parse sees that there are too many.
// It never waits: a pipe or a device, which may have nothing to read for ever, or no end, is an error.
func Read(path string, maxBytes int) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // opening a pipe waits for its writer otherwise
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file (%s), and reading it might never end: write a file", path, info.Mode().Type())
	}
	return io.ReadAll(io.LimitReader(f, int64(maxBytes)+1))
}
