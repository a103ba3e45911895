package blockfile

import (
	"bytes"
	"fmt"
)

// directories checks the head, and both directories. Open may have been content with one.
func (v *verification) directories() error {
	r, data := v.r, v.r.file.mapping.Data
	if r.file.version < 3 {
		return nil
	}
	first := r.contents.sections[sectionData].offset + r.contents.sections[sectionData].length
	d, err := readDirectory(data, first)
	if err != nil {
		return err
	}
	again, err := readDirectory(data, d.end()-d.bytes())
	if err != nil {
		return err
	}
	size := d.bytes()
	if !bytes.Equal(data[first:first+size], data[again.end()-size:again.end()]) || !bytes.Equal(data[:headBytes], data[first+int64(directoryFront):][:headBytes]) {
		return fmt.Errorf("%w: the head, or the directory at %d, is that of another file", ErrDamaged, first)
	}
	if d.end() != r.file.size {
		return fmt.Errorf("%w: %d bytes behind its end at %d", ErrDamaged, r.file.size-d.end(), d.end())
	}
	return nil
}

// chunks checks each chunk of the tables, as the file has them.
func (v *verification) chunks() error {
	for i := firstTable; i < sectionsOf(v.r.file.version); i++ {
		s := &v.r.file.sections[i]
		bad := view{v.r.file, i, s.bytes, nil}
		if sums := s.sums.Load(); sums != nil {
			bad.sums = *sums
		} else if _, err := v.r.file.view(i); err != nil {
			v.note(err)
		}
		for at := 0; at < len(s.bytes); at += chunkBytes {
			var m mark
			if err := bad.check(at, at+1, &m); err != nil {
				v.note(err)
			}
		}
	}
	return nil
}

// parity checks that what would make chunks good is right itself.
func (v *verification) parity() error {
	file := v.r.file
	if file.version < 3 {
		return nil
	}
	var sections [][]byte
	for i := firstTable; i < numSections; i++ {
		sections = append(sections, file.unchecked(i))
	}
	start, want := file.parity.offset, parityOf(sections)
	if int64(len(want)) != file.parity.length || !bytes.Equal(want, file.mapping.Data[start:start+file.parity.length]) {
		return fmt.Errorf("%w: parity at %d is not that of the tables", ErrDamaged, start)
	}
	return nil
}
