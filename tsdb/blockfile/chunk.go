package blockfile

import "hash/crc32"

// The tables of a file, all sections but the data, are checked in chunks: a section is cut into chunks of 512 bytes, the last one
// of what is left. Parity makes a chunk that is damaged good again. Of the chunks of all tables, one behind the other, number
// i is in class i mod n; the parity of a class is the exclusive or of its chunks, each filled up with zeros:
//
//	chunks   0 1 2 … n-1   n n+1 …
//	class    0 1 2 … n-1   0  1  …
//
// so that n chunks in a row may be damaged. A class is as long as its longest chunk.
const (
	chunkBytes = 512 // 30 ns to check
	// parityPart is how many chunks share one of parity in a file of many, and minClasses how many classes there are at
	// least, where there are as many chunks: 8 KB in a row.
	parityPart = 32
	minClasses = 16
)

// chunksOf returns how many chunks a section of so many bytes has.
func chunksOf(length int64) int { return int((length + chunkBytes - 1) / chunkBytes) }

// classesOf returns in how many classes so many chunks fall.
func classesOf(chunks int) int { return min(chunks, max(minClasses, divideUp(chunks, parityPart))) }

// chunkOf returns a chunk of a section.
func chunkOf(section []byte, i int) []byte {
	return section[i*chunkBytes : min(len(section), (i+1)*chunkBytes)]
}

// sumsOf returns the checksums of the chunks of a section.
func sumsOf(section []byte) []uint32 {
	sums := make([]uint32, chunksOf(int64(len(section))))
	for i := range sums {
		sums[i] = crc32.Checksum(chunkOf(section, i), castagnoli)
	}
	return sums
}

// chunkLengths returns the length of each chunk of sections of these lengths, one behind the other.
func chunkLengths(sections []int64) (lengths []int) {
	for _, length := range sections {
		for ; length > 0; length -= chunkBytes {
			lengths = append(lengths, int(min(length, chunkBytes)))
		}
	}
	return lengths
}

// parityEnds returns where the parity of each class ends in section parity.
func parityEnds(chunks []int) []int64 {
	ends := make([]int64, classesOf(len(chunks)))
	for i, length := range chunks {
		class := &ends[i%len(ends)]
		*class = max(*class, int64(length))
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	return ends
}

// parityOf returns section parity for some sections.
func parityOf(sections [][]byte) []byte {
	var lengths []int64
	for _, section := range sections {
		lengths = append(lengths, int64(len(section)))
	}
	ends := parityEnds(chunkLengths(lengths))
	if len(ends) == 0 {
		return nil
	}
	parity := make([]byte, ends[len(ends)-1])
	i := 0
	for _, section := range sections {
		for j := range chunksOf(int64(len(section))) {
			addTo(classOf(parity, ends, i%len(ends)), chunkOf(section, j))
			i++
		}
	}
	return parity
}

// classOf returns the parity of a class.
func classOf(parity []byte, ends []int64, class int) []byte {
	start := int64(0)
	if class > 0 {
		start = ends[class-1]
	}
	return parity[start:ends[class]]
}

// addTo adds bytes to others, which are as many at least: their exclusive or.
func addTo(sum, b []byte) {
	for i, c := range b {
		sum[i] ^= c
	}
}
