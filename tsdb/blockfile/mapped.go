package blockfile

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// A mapped is a file as memory: who holds it, what becomes of pages that cannot be read, its sections and their checksums.
// What the sections say is a Reader's business.
type mapped struct {
	name     string
	mapping  *vfs.Mapping
	size     int64
	version  int
	sections [numSections]section
	parity   sectionEntry

	// holders counts the owner, until close, and the calls under way; the last one unmaps.
	holders atomic.Int64
	closed  atomic.Bool

	restoring sync.Mutex // held while a section is restored
	// hashless: section hashes is damaged for good; series are found by the other sections.
	hashless atomic.Bool
	damages  damageLog
	// failure says why the file as a whole is of no use; nil: it is.
	failure atomic.Pointer[error]
}

func mapFile(fsys vfs.FS, name string) (*mapped, error) {
	mapping, err := fsys.Map(name)
	if err != nil {
		return nil, fmt.Errorf("block file %s: %w", name, err)
	}
	m := &mapped{name: name, mapping: mapping, size: int64(len(mapping.Data))}
	m.holders.Store(1)
	return m, nil
}

// close gives the file up. Calls under way end as they would have; the last of them gives the memory back.
func (m *mapped) close() error {
	if m.closed.Swap(true) {
		return ErrClosed
	}
	return m.release()
}

func (m *mapped) release() error {
	if m.holders.Add(-1) > 0 {
		return nil
	}
	return m.mapping.Close()
}

// tries is how often a call begins again, because a section was restored or its bytes changed under it.
const tries = 2 * numSections

// call is read for who does not hold the file.
func (m *mapped) call(read func() error) error {
	if err := m.hold(); err != nil {
		return err
	}
	defer m.letGo()
	return m.read(read)
}

// read lets read read the file, which the caller holds. It may be called several times, with sections restored in between.
// Errors name the file. After one that matches ErrDamaged nothing of the file is read any more, unless it is a pageError.
func (m *mapped) read(read func() error) error {
	if failure := m.failure.Load(); failure != nil {
		return *failure
	}
	err := m.guarded(read)
	if err == nil {
		return nil
	}
	return m.again(err, read)
}

// again is read for who got an error the first time.
func (m *mapped) again(err error, read func() error) error {
	var bad *badSection
	var surprise *surpriseError
	for try := range tries {
		switch {
		case err == nil:
			return nil
		case errors.As(err, &bad) && m.restore(bad), errors.As(err, &surprise), try == 0 && errors.Is(err, ErrDamaged):
			err = m.guarded(read) // what made no sense may have changed under the call
			continue
		}
		break
	}
	var page *pageError
	switch {
	case !errors.As(err, &bad) && errors.As(err, &page): // of the data, the rest of which is good
		return fmt.Errorf("block file %s: %w", m.name, err)
	case errors.Is(err, ErrDamaged):
		return m.fail(err)
	}
	return err
}

// fail takes the file out of use and returns why.
func (m *mapped) fail(err error) error {
	err = fmt.Errorf("block file %s: %w", m.name, err)
	if m.failure.CompareAndSwap(nil, &err) {
		m.damages.add(Damage{Cause: err, Whole: true})
	}
	return *m.failure.Load()
}

// guarded calls read, which reads the file; the caller holds it. A page that cannot be read is an error, and so is an index
// out of range: bytes may change between a look and the next.
func (m *mapped) guarded(read func() error) (err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		failure := recover()
		debug.SetPanicOnFault(before)
		if failure != nil {
			var ours bool
			if err, ours = m.asError(failure); !ours {
				panic(failure)
			}
		}
	}()
	return read()
}

// hold keeps the mapping until letGo, whatever Close does.
func (m *mapped) hold() error {
	for {
		n := m.holders.Load()
		if n == 0 || m.closed.Load() {
			return fmt.Errorf("block file %s: %w", m.name, ErrClosed)
		}
		if m.holders.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// letGo ends what hold began. Unmapping memory that is mapped does not fail.
func (m *mapped) letGo() { _ = m.release() }

// A surpriseError is a panic of the runtime during a call.
type surpriseError struct {
	name  string
	cause error
}

func (e *surpriseError) Error() string {
	return fmt.Sprintf("block file %s: its bytes make no sense while it is read: %v", e.name, e.cause)
}

// A pageError is a page that the disk did not give, or that is no part of the file any more.
type pageError struct{ offset int64 }

func (e *pageError) Error() string {
	return fmt.Sprintf("%v: the page of offset %d cannot be read", ErrDamaged, e.offset)
}

func (e *pageError) Unwrap() error { return ErrDamaged }

// asError returns the error that a panic during a call is; false where the panic is somebody else's.
func (m *mapped) asError(failure any) (err error, ours bool) {
	if fault, ok := failure.(interface{ Addr() uintptr }); ok {
		if len(m.mapping.Data) == 0 {
			return nil, false
		}
		offset := fault.Addr() - uintptr(unsafe.Pointer(unsafe.SliceData(m.mapping.Data)))
		if offset >= uintptr(len(m.mapping.Data)) {
			return nil, false
		}
		page := &pageError{int64(offset)}
		for i := firstTable; i < numSections; i++ {
			if s := &m.sections[i]; s.entry.offset <= page.offset && page.offset < s.entry.offset+s.entry.length {
				return &badSection{i, page}, true
			}
		}
		return page, true
	}
	if cause, ok := failure.(runtime.Error); ok {
		return &surpriseError{m.name, cause}, true
	}
	return nil, false
}

// damaged returns an error about a section.
func (m *mapped) damaged(number int, format string, arguments ...any) error {
	return fmt.Errorf("%w: section %s at %d: %s",
		ErrDamaged, sectionNames[number], m.sections[number].entry.offset, fmt.Sprintf(format, arguments...))
}
