package gorilla

import (
	"errors"
	"fmt"
	"math"
)

// MaxSlots is the greatest number of slots in a block.
const MaxSlots = 4096

// ErrCorrupt reports bytes that are not a block of the given number of slots. Not all damage is found:
// a block has no checksum of its own, the file or segment around it must have one.
var ErrCorrupt = errors.New("gorilla: corrupt block")

// The header byte of a block, low bits first: class (2 bits), form of the presence mask (2), form of the
// mask of non-zeros (2), then two flags.
const (
	classConstant = 0 // with flagDelta: the paper's XOR
	classInteger  = 1
	classUlps     = 2
	classFloat    = 3
	classMask     = 3

	presenceShift = 2
	zerosShift    = 4
	formMask      = 3

	flagDelta = 1 << 6 // the columns of numbers hold differences
	flagRaw   = 1 << 7 // in the classes of integers: some values are raw

	headerXOR     = classConstant | flagDelta
	headerNothing = maskEmpty << presenceShift
)

// Decode fills dst with the slots of one block: the value, or NaN where there is none. len(dst) is the
// number of slots the block was made of, 1 to MaxSlots, and block exactly its bytes. An error wraps
// ErrCorrupt; dst is then of no use. Decode keeps neither slice and allocates nothing.
func Decode(dst []float64, block []byte) error {
	if len(dst) == 0 || len(dst) > MaxSlots {
		panic("gorilla: Decode of a block of no or too many slots")
	}
	if len(block) == 0 {
		return fmt.Errorf("%w: no bytes", ErrCorrupt)
	}
	header, body := block[0], block[1:]
	if header == headerNothing {
		fill(dst, math.NaN())
		return leftOver(body)
	}
	if header>>presenceShift&formMask == maskFull && header>>zerosShift&formMask == maskFull {
		return decodeBody(dst, header, body)
	}
	if n := words(len(dst)); n > 1 {
		var masks [2 * MaxSlots / 64]uint64
		return decodeMasked(dst, header, body, masks[:n], masks[n:2*n])
	}
	var masks [2]uint64 // the usual block is short: nothing to zero
	return decodeMasked(dst, header, body, masks[:1], masks[1:])
}

// decodeMasked is Decode for a block in which slots are empty or zero. The masks are scratch.
func decodeMasked(dst []float64, header byte, body []byte, present, nonzero mask) error {
	n := len(dst)
	count, some := n, n // slots with a value, and with one that is stored
	ok := true
	if form := header >> presenceShift & formMask; form != maskFull {
		if count, body, ok = present.read(body, n, form); !ok {
			return fmt.Errorf("%w: presence mask of %d slots", ErrCorrupt, n)
		}
		some = count
	}
	if form := header >> zerosShift & formMask; form != maskFull {
		nonzero = nonzero[:words(count)]
		if some, body, ok = nonzero.read(body, count, form); !ok {
			return fmt.Errorf("%w: mask of zeros among %d values", ErrCorrupt, count)
		}
	}
	if err := decodeBody(dst[:some], header, body); err != nil {
		return err
	}
	if some < count {
		nonzero.expand(dst[:count], some, 0)
	}
	if count < n {
		present.expand(dst, count, math.NaN())
	}
	return nil
}

// decodeBody fills dst with the values stored in body, by the class in header.
func decodeBody(dst []float64, header byte, body []byte) error {
	ok := false
	switch class := header & classMask; {
	case class == classInteger || class == classUlps:
		ok = decodeInteger(dst, header, body)
	case header&flagRaw != 0: // means nothing there
	case class == classFloat:
		ok = decodeFloatBits(dst, header, body)
	case header&flagDelta != 0:
		ok = decodeXOR(dst, body)
	default:
		ok = decodeConstant(dst, body)
	}
	if !ok {
		return fmt.Errorf("%w: header %#02x, %d values in %d bytes", ErrCorrupt, header, len(dst), len(body))
	}
	return nil
}

func leftOver(body []byte) error {
	if len(body) != 0 {
		return fmt.Errorf("%w: %d bytes left over", ErrCorrupt, len(body))
	}
	return nil
}

func fill(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}
