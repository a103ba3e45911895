// Package gorilla packs one block of one series: the float64 values of n consecutive steps, some of
// which may be missing, into few bytes and back, bit for bit.
//
// Read first: Encoder.AppendBlock, Decode, then column.go.
//
// The Gorilla paper compresses a value as the bits in which it differs from the one before. On a fleet's
// metrics most values are not bits but numbers that were divided: events by seconds, nanoseconds by 1e9.
// So here a block first tries to turn its values into integers by a rule that can be reversed to the bit
// (divisor.go), subtracts a base, packs with a fixed number of bits, and patches the few that do not fit.
// That takes half the bytes, and as no value depends on the bits of the one before, a third of the time.
//
// # Contract
//
// Times are implicit: a slot's number is its time. NaN in a slice means an empty slot; whatever bits a
// NaN had, it comes back as the NaN of math.NaN. All other values come back as they were, negative zero,
// infinities and subnormal numbers among them. A block knows neither its number of slots nor its length, nor
// has it a checksum: whoever keeps blocks keeps those. The step an Encoder is made for only decides what
// it tries; blocks of any encoder are read by the one Decode.
//
// # Format
//
//	block   header(1) [presence mask] [mask of non-zeros] body
//	header  class 2 bits │ form of the presence mask 2 │ form of the mask of non-zeros 2 │ delta 1 │ raw 1   (low bits first)
//
//	class   delta  body
//	  0       0    constant         the 8 bytes of the value, most significant first, zero bytes at the end dropped
//	  0       1    xor              each value XOR the one before, as in the paper                       xor.go
//	  1       0,1  integer          divisor(1) numbers [raw values]                                      integer.go
//	  2       0,1  integer, ulps    divisor(1) numbers column of ulps [raw values]                       raw.go
//	  3       0,1  float bits       shift(1) numbers                                                     floatbits.go
//
//	numbers   without delta: a column; with: start(zigzag varint), then a column of the differences
//	column    w(1) base [patches(1) wp(1) base] bits                                                     column.go
//	mask      form 0 all, 1 bitmap, 2 runs, 3 none: then the block is this one byte                      mask.go
//
// 130, 128, 131, 135, 128, 130, 129, 131 events in a minute each, as rates, are 9 bytes:
//
//	01      02        03   80 02     c2 0e 65
//	integer step 60:  w 3  base 128  2 0 3 7 0 2 1 3
//	        divisor 60
//
// testdata/blocks.txt has each encoding drawn like this.
//
// # Numbers
//
// Blocks of 60 slots, headers included, the values of 40 nodes of 100 series each; AMD EPYC (Zen 3), Go
// 1.26.8, one core of a busy machine, best of 15 rounds over 600 blocks. "client" are rates as the Java
// client computes them, a mean of 5-s rates: mostly a few units in the last place beside k/60.
//
//	                      exact   client
//	B/point               2.00    1.55    the paper's encoding 4.0, 4.0
//	Decode       ns/point 1.5     1.9     the paper's 7.0, 6.7
//	AddInto      ns/point 1.9     2.2
//	AppendBlock  ns/point 14      18      with the choice
//
// With 24,000 blocks in turn, more than the branch predictor remembers, decoding takes 2.0 and 2.4 ns.
// BenchmarkBlock and TestSize have the same per value model, on models of their own.
//
// Blocks of 120 save 2 % of the bytes and double the memory of what is not yet packed.
//
// Sources: Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB 2015, section
// 4.1.2. Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", ICDE 2006, for patched columns. Lemire,
// Boytsov, "Decoding billions of integers per second through vectorization", 2015, for fixed widths.
package gorilla
