//go:build linux && (amd64 || arm64) && !race

package offheap

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// slabBytes trades mappings, of which a process has some 65,000 at most (vm.max_map_count), against address space:
// 50 GB of pieces are 25,000 slabs.
const slabBytes = 2 << 20

// poisons says whether discard makes late reads visible.
const poisons = false

var pageBytes = os.Getpagesize()

// mapMemory returns zeros. The size is one of whole pages. Where the machine gives huge pages to all who do not refuse,
// the first byte of a slab would cost all of it, for every size of pieces in every arena.
func mapMemory(size int) []byte {
	address, _, errno := syscall.Syscall6(syscall.SYS_MMAP, 0, uintptr(size),
		syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE, ^uintptr(0), 0)
	if errno != 0 {
		panic(fmt.Sprintf("offheap: no %d bytes of memory: mmap: %v", size, errno))
	}
	b := bytesAt(address, size)
	_ = syscall.Madvise(b, syscall.MADV_NOHUGEPAGE) // a kernel without huge pages does not know the word
	return b
}

// bytesAt views memory that the Go runtime does not know. It goes through the address of the address because no
// pointer can be made out of a number otherwise; package unsafe has no rule for memory that is not the runtime's.
func bytesAt(address uintptr, size int) []byte {
	return unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), size)
}

const mremapMayMove = 1 // MREMAP_MAYMOVE of <linux/mman.h>

// remapMemory makes a result of mapMemory larger or smaller by moving its pages, not its bytes.
func remapMemory(b []byte, size int) []byte {
	address, _, errno := syscall.Syscall6(syscall.SYS_MREMAP, addressOf(b), uintptr(len(b)), uintptr(size), mremapMayMove, 0, 0)
	if errno != 0 {
		panic(fmt.Sprintf("offheap: no %d bytes of memory: mremap: %v", size, errno))
	}
	return bytesAt(address, size)
}

// unmapMemory gives a result of mapMemory back.
func unmapMemory(b []byte) {
	if _, _, errno := syscall.Syscall(syscall.SYS_MUNMAP, addressOf(b), uintptr(len(b)), 0); errno != 0 {
		panic(fmt.Sprintf("offheap: munmap of %d bytes: %v", len(b), errno))
	}
}

// discard gives the pages that lie whole in b back; they stay mapped.
func discard(b []byte) {
	from := wholePages(int(addressOf(b))) - int(addressOf(b))
	to := (int(addressOf(b))+len(b))/pageBytes*pageBytes - int(addressOf(b))
	if from < to {
		// An error changes nothing: the pages stay where they are.
		_ = syscall.Madvise(b[from:to], syscall.MADV_DONTNEED)
	}
}
