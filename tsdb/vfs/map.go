package vfs

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// A Mapping is the content of a file as memory, which the kernel reads when it is touched and drops when
// it needs the room. Nobody may write to Data or, while it is mapped, to the file. Where a page cannot be
// read, touching it is a memory fault: a reader that would rather have an error sets debug.SetPanicOnFault.
type Mapping struct {
	Data  []byte
	unmap func([]byte) error // nil where the memory is the collector's
}

// Close gives the memory back. Data must not be touched any more.
func (m *Mapping) Close() error {
	data := m.Data
	m.Data = nil
	if m.unmap == nil || len(data) == 0 {
		return nil
	}
	return m.unmap(data)
}

// Evict takes the pages that have been touched out of the memory of the process; touched again, they come from the
// kernel's cache, or from the disk if it has dropped them meanwhile.
func (m *Mapping) Evict() error {
	if m.unmap == nil || len(m.Data) == 0 {
		return nil
	}
	return evict(m.Data)
}

func (OS) Map(name string) (*Mapping, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the mapping holds the file
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	if size == 0 {
		return &Mapping{}, nil // mmap(2) of nothing is an error
	}
	if int64(int(size)) != size {
		return nil, fmt.Errorf("map %s: %d bytes do not fit into the address space", name, size)
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, &fs.PathError{Op: "map", Path: name, Err: err}
	}
	return &Mapping{Data: data, unmap: syscall.Munmap}, nil
}
