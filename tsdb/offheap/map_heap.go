//go:build !linux || !(amd64 || arm64) || race

package offheap

// slabBytes is small here: the Go heap has size classes of its own, and all of a new slab is written to.
const slabBytes = 64 << 10

// poisons says whether discard makes late reads visible.
const poisons = true

const pageBytes = 4096

func mapMemory(size int) []byte { return make([]byte, size) }

func remapMemory(b []byte, size int) []byte {
	other := make([]byte, size)
	copy(other, b)
	discard(b)
	return other
}

func unmapMemory(b []byte) { discard(b) }

// poison is a number in no row table and, eight times, a NaN.
const poison = 0xff

// discard overwrites b, so that who reads it still is found out.
func discard(b []byte) {
	for i := range b {
		b[i] = poison
	}
}
