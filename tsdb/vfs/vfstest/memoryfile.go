package vfstest

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
)

// memoryFile is what a file holds now and what it held at its last Sync. Until the file is cut, durable is a
// prefix of data and shares its array: a Write only adds behind it.
type memoryFile struct {
	data, durable []byte
	cut           bool // truncated since the last Sync
}

// clone returns a file that shares no array with f.
func (f *memoryFile) clone() *memoryFile {
	c := &memoryFile{data: slices.Clone(f.data), cut: f.cut}
	if f.cut {
		c.durable = slices.Clone(f.durable)
	} else {
		c.durable = c.data[:len(f.durable):len(f.durable)]
	}
	return c
}

// afterPowerLoss returns what is left of the file; it may be a part of f.
func (f *memoryFile) afterPowerLoss(random *rand.Rand) []byte {
	switch {
	case random == nil:
		return f.durable
	case f.cut && random.IntN(2) == 0:
		return f.durable
	case f.cut:
		return f.data
	}
	unsynced := random.IntN(len(f.data) - len(f.durable) + 1)
	kept := slices.Clone(f.data[:len(f.durable)+unsynced])
	if unsynced > 0 && random.IntN(4) == 0 { // the length reached the disk before the bytes did
		clear(kept[len(f.durable)+random.IntN(unsynced):])
	}
	return kept
}

// memoryHandle is a memoryFile opened under a name.
type memoryHandle struct {
	memory   *Memory
	file     *memoryFile
	name     string
	writable bool
	closed   bool
}

// begin locks the file system and checks that the handle may be used; the caller unlocks.
func (h *memoryHandle) begin(op string, writes bool) error {
	h.memory.mu.Lock()
	switch {
	case h.closed:
		return &fs.PathError{Op: op, Path: h.name, Err: fs.ErrClosed}
	case writes && !h.writable:
		return &fs.PathError{Op: op, Path: h.name, Err: fs.ErrPermission}
	}
	return nil
}

func (h *memoryHandle) ReadAt(p []byte, offset int64) (int, error) {
	err := h.begin("read", false)
	defer h.memory.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n := copy(p, h.file.data[min(offset, int64(len(h.file.data))):])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (h *memoryHandle) Write(p []byte) (int, error) {
	err := h.begin("write", true)
	defer h.memory.mu.Unlock()
	if err != nil {
		return 0, err
	}
	h.file.data = append(h.file.data, p...)
	return len(p), nil
}

func (h *memoryHandle) Sync() error {
	err := h.begin("sync", false)
	defer h.memory.mu.Unlock()
	if err != nil {
		return err
	}
	h.file.durable, h.file.cut = h.file.data[:len(h.file.data):len(h.file.data)], false
	return nil
}

// Truncate copies, because what follows in the array may be durable.
func (h *memoryHandle) Truncate(size int64) error {
	err := h.begin("truncate", true)
	defer h.memory.mu.Unlock()
	if err != nil {
		return err
	}
	if size < 0 || size > int64(len(h.file.data)) {
		return &fs.PathError{Op: "truncate", Path: h.name, Err: fs.ErrInvalid}
	}
	h.file.data, h.file.cut = slices.Clone(h.file.data[:size]), true
	return nil
}

func (h *memoryHandle) Close() error {
	err := h.begin("close", false)
	defer h.memory.mu.Unlock()
	h.closed = true
	return err
}
