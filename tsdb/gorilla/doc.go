// Package gorilla packs one block of one series: the float64 values of n consecutive steps, some of
// which may be missing, into few bytes and back, bit for bit.
//
// Read first: Encoder.AppendBlock, Decode.
//
// Times are implicit: a slot's number is its time. NaN in a slice means an empty slot; whatever bits a
// NaN had, it comes back as the NaN of math.NaN. All other values come back as they were, negative zero,
// infinities and subnormal numbers among them. A block does not know its number of slots nor its length,
// nor has it a checksum: whoever keeps blocks keeps those.
//
//	block   header(1) [presence mask] [mask of non-zeros] body
//	header  class 2 bits │ form of the presence mask 2 │ of the mask of non-zeros 2 │ delta 1 │ reserved 1     (low bits first)
//
//	class   delta  body
//	  0       0    constant: the 8 bytes of the value, most significant first, zero bytes at the end dropped
//	  0       1    xor: each value XOR the one before, as in the paper
//
// The name, and the first encoding, are from Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory
// Time Series Database", VLDB 2015, section 4.1.2.
package gorilla
