package offheap

import (
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"unsafe"
)

// Plain is what may lie outside the heap: numbers, for the collector would not find what a pointer there points to.
type Plain interface {
	~uint8 | ~uint16 | ~uint32 | ~uint64 | ~int64 | ~float64
}

const (
	// maxPieceBytes is the largest piece that shares a slab with others.
	maxPieceBytes = slabBytes / 16
	// minPieceBytes is a cache line: all pieces begin with one.
	minPieceBytes = 64
)

// An Arena hands out pieces of memory and takes them back. The zero Arena is empty and ready. Its methods, and the
// functions over it, may be called from many goroutines. Where the machine has no memory left they panic, as make does.
type Arena struct {
	mu    sync.Mutex         // guards all below
	slabs []*slab            // in order of their addresses
	roomy map[int][]*slab    // those with room, by the size of their pieces
	large map[uintptr][]byte // the pieces with a mapping of their own, by address
	stats Stats
}

// Stats count the memory of an Arena.
type Stats struct {
	PieceBytes  int // handed out, as rounded
	MappedBytes int // taken from the kernel for it
}

// Make returns n zeros, in memory that is the caller's until Free.
func Make[T Plain](a *Arena, n int) []T {
	if n == 0 {
		return nil
	}
	return view[T](a.take(n*sizeOf[T]()), n)
}

// Free gives the memory of s back, a result of Make or Resize, which may have been cut at its end. Nobody may read or
// write it any more.
func Free[T Plain](a *Arena, s []T) {
	if cap(s) > 0 {
		a.give(addressOf(s))
	}
}

// Resize returns n values that begin as s does; what comes behind those of s is not defined. It is s itself, or
// s is freed.
func Resize[T Plain](a *Arena, s []T, n int) []T {
	if cap(s) == 0 || n == 0 {
		Free(a, s)
		return Make[T](a, n)
	}
	if b := a.resizeInPlace(addressOf(s), n*sizeOf[T]()); b != nil {
		return view[T](b, n)
	}
	other := Make[T](a, n)
	copy(other, s)
	Free(a, s)
	return other
}

// Append appends values to s, with room for as many again where it has to grow: Resize to the length gives that back.
func Append[T Plain](a *Arena, s []T, values ...T) []T {
	if need := len(s) + len(values); need > cap(s) {
		s = Resize(a, s, max(need, 2*cap(s)))[:len(s)]
	}
	return append(s, values...)
}

func view[T Plain](b []byte, n int) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

func sizeOf[T Plain]() int {
	var zero T
	return int(unsafe.Sizeof(zero))
}

func addressOf[T Plain](s []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s))) }

// rounded returns the size of the piece for so many bytes: of four significant bits, and one if there are more.
func rounded(size int) int {
	unit := max(minPieceBytes, 1<<max(bits.Len(uint(size-1))-5, 0))
	return (size + unit - 1) / unit * unit
}

func wholePages(size int) int { return (size + pageBytes - 1) / pageBytes * pageBytes }

// take returns a piece of zeros.
func (a *Arena) take(size int) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if size > maxPieceBytes {
		b := mapMemory(wholePages(size))
		a.enterLarge(b)
		return b
	}
	size = rounded(size)
	s := a.slabWithRoom(size)
	b := s.take()
	if s.full() {
		a.roomy[size] = a.roomy[size][:len(a.roomy[size])-1]
	}
	a.stats.PieceBytes += size
	return b
}

// slabWithRoom returns the last slab in a.roomy[size], a new one where there is none.
func (a *Arena) slabWithRoom(size int) *slab {
	if list := a.roomy[size]; len(list) > 0 {
		return list[len(list)-1]
	}
	s := newSlab(size)
	at, _ := a.search(addressOf(s.memory))
	a.slabs = slices.Insert(a.slabs, at, s)
	if a.roomy == nil {
		a.roomy = make(map[int][]*slab)
	}
	a.roomy[size] = append(a.roomy[size], s)
	a.stats.MappedBytes += len(s.memory)
	return s
}

// search returns the place in a.slabs of the first slab that begins at an address or behind it.
func (a *Arena) search(address uintptr) (int, bool) {
	return slices.BinarySearchFunc(a.slabs, address, func(s *slab, address uintptr) int {
		switch base := addressOf(s.memory); {
		case base < address:
			return -1
		case base > address:
			return 1
		}
		return 0
	})
}

// give takes a piece back.
func (a *Arena) give(address uintptr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if b, ok := a.large[address]; ok {
		a.leaveLarge(b)
		unmapMemory(b)
		return
	}
	s, at := a.slabOf(address)
	wasFull := s.full()
	s.give(int(address - addressOf(s.memory)))
	a.stats.PieceBytes -= s.piece
	if wasFull {
		a.roomy[s.piece] = append(a.roomy[s.piece], s)
	}
	if s.used == 0 {
		list := a.roomy[s.piece]
		i := slices.Index(list, s)
		a.roomy[s.piece] = slices.Delete(list, i, i+1)
		a.slabs = slices.Delete(a.slabs, at, at+1)
		a.stats.MappedBytes -= len(s.memory)
		unmapMemory(s.memory)
	}
}

// slabOf returns the slab of a piece and its place in a.slabs.
func (a *Arena) slabOf(address uintptr) (*slab, int) {
	at, exact := a.search(address)
	if !exact {
		at--
	}
	if at < 0 || address >= addressOf(a.slabs[at].memory)+slabBytes {
		panic(fmt.Sprintf("offheap: free of %#x, which is no piece of this arena", address))
	}
	return a.slabs[at], at
}

// resizeInPlace makes a piece as large as asked for without a copy, or returns nil where it cannot.
func (a *Arena) resizeInPlace(address uintptr, size int) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	if b, ok := a.large[address]; ok {
		if size <= maxPieceBytes {
			return nil
		}
		a.leaveLarge(b)
		b = remapMemory(b, wholePages(size))
		a.enterLarge(b)
		return b
	}
	s, _ := a.slabOf(address)
	if size > maxPieceBytes || rounded(size) != s.piece {
		return nil
	}
	offset := int(address - addressOf(s.memory))
	return s.memory[offset : offset+s.piece]
}

func (a *Arena) enterLarge(b []byte) {
	if a.large == nil {
		a.large = make(map[uintptr][]byte)
	}
	a.large[addressOf(b)] = b
	a.stats.PieceBytes += len(b)
	a.stats.MappedBytes += len(b)
}

func (a *Arena) leaveLarge(b []byte) {
	delete(a.large, addressOf(b))
	a.stats.PieceBytes -= len(b)
	a.stats.MappedBytes -= len(b)
}

// FreeAll frees all pieces there are; the arena is as new then.
func (a *Arena) FreeAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.large {
		unmapMemory(b)
	}
	for _, s := range a.slabs {
		unmapMemory(s.memory)
	}
	a.slabs, a.roomy, a.large, a.stats = nil, nil, nil, Stats{}
}

// Stats returns what the arena has now.
func (a *Arena) Stats() Stats {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stats
}
