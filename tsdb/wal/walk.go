package wal

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// An Entry is a record and where it lies.
type Entry struct {
	Position Position
	Record   Record
}

// End returns the position behind the entry.
func (e Entry) End() Position {
	return e.Position + recordHeaderBytes + Position(len(e.Record.Body))
}

// A DamageError reports bytes of a segment that are no record. Reading goes on behind them.
type DamageError struct {
	File   string // name of the segment in its directory
	Offset int64
	Bytes  int64
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("wal %s at %d: %d bytes skipped: %s", e.File, e.Offset, e.Bytes, e.Reason)
}

// attributes are what a log line says of the damage.
func (e *DamageError) attributes() []any {
	return []any{"segment", e.File, "offset", e.Offset, "bytes", e.Bytes, "reason", e.Reason}
}

// ReadHeader returns the head of the segment in the named file.
func ReadHeader(fsys vfs.FS, name string) (Header, error) {
	s, err := openSegment(fsys, name)
	if err != nil {
		return Header{}, err
	}
	defer s.file.Close()
	return s.header()
}

// Walk yields the entries of the segment in the named file, in order. Damage comes as a *DamageError, after
// which the walk goes on; any other error, also ErrNewer, is the last. An entry's Body is valid until the
// next. Walk takes the file as it is: only a Log knows from the segments behind it where it was to end.
func Walk(fsys vfs.FS, name string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		s, err := openSegment(fsys, name)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		defer s.file.Close()
		if _, err := s.header(); err != nil {
			damage := &DamageError{File: s.name, Bytes: min(s.size, firstPartBytes), Reason: err.Error()}
			if !errors.Is(err, ErrHeader) {
				yield(Entry{}, err)
				return
			}
			if !yield(Entry{}, damage) {
				return
			}
		}
		s.scan(s.size, yield)
	}
}

// windowBytes is how much of a segment is read at a time.
const windowBytes = 256 << 10

// A scanner reads one segment through a window.
type scanner struct {
	file     vfs.File
	name     string
	number   uint32
	size     int64  // bytes in the file
	records  int64  // offset of the first record, as far as is known
	window   []byte // the bytes from windowAt on; its capacity grows to the largest record at most
	windowAt int64
}

// openSegment opens the named file; the caller closes scanner.file.
func openSegment(fsys vfs.FS, name string) (*scanner, error) {
	base := filepath.Base(name)
	number, ok := segmentNumber(base)
	if !ok {
		return nil, fmt.Errorf("wal %s: not the name of a segment, such as %s", base, segmentName(1))
	}
	size, err := fsys.Size(name)
	if err != nil {
		return nil, fmt.Errorf("wal %s: %w", base, err)
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("wal %s: %w", base, err)
	}
	return &scanner{file: file, name: base, number: number, size: size, records: firstPartBytes}, nil
}

// header returns the segment's head, or ErrHeader, ErrNewer or an error of the file system. Behind a head that is
// damaged, records are looked for from where they can begin in any version.
func (s *scanner) header() (Header, error) {
	data, err := s.view(0, int(min(s.size, segmentHeaderBytes)))
	if err != nil {
		return Header{}, err
	}
	h, length, err := readHeader(data, s.number)
	if err != nil {
		return Header{}, fmt.Errorf("wal %s: %w", s.name, err)
	}
	s.records = length
	return h, nil
}

// scan yields what lies between the head and limit, where the segment is known to end; a file that is
// shorter is damaged.
func (s *scanner) scan(limit int64, yield func(Entry, error) bool) {
	end := min(s.size, limit)
	for offset := s.records; offset < limit; {
		entry, reason, err := s.entryAt(offset, end)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		if reason == "" {
			if !yield(entry, nil) {
				return
			}
			offset = entry.End().Offset()
			continue
		}
		next, err := s.findEntry(offset+1, end)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		if next == end {
			next = limit
		}
		if !yield(Entry{}, &DamageError{File: s.name, Offset: offset, Bytes: next - offset, Reason: reason}) {
			return
		}
		offset = next
	}
}

// entryAt reads the entry at offset, or gives the reason why none lies there.
func (s *scanner) entryAt(offset, end int64) (entry Entry, reason string, err error) {
	if end-offset < recordHeaderBytes {
		return Entry{}, "the file ends inside a record's header", nil
	}
	header, err := s.view(offset, recordHeaderBytes)
	if err != nil {
		return Entry{}, "", err
	}
	at := newPosition(s.number, offset)
	length, ok := bodyBytes(header, at)
	if !ok {
		return Entry{}, "no record starts here", nil
	}
	if end-offset < recordHeaderBytes+int64(length) {
		return Entry{}, fmt.Sprintf("the file ends inside a record of %d bytes", length), nil
	}
	data, err := s.view(offset, recordHeaderBytes+length)
	if err != nil {
		return Entry{}, "", err
	}
	record, ok := readRecord(data, at)
	if !ok {
		return Entry{}, fmt.Sprintf("the checksum of a record of %d bytes differs", length), nil
	}
	return Entry{Position: at, Record: record}, "", nil
}

// findEntry returns the offset of the first entry at or behind offset, or end.
func (s *scanner) findEntry(offset, end int64) (int64, error) {
	for ; offset+recordHeaderBytes <= end; offset++ {
		header, err := s.view(offset, recordHeaderBytes)
		if err != nil {
			return 0, err
		}
		if _, ok := bodyBytes(header, newPosition(s.number, offset)); !ok {
			continue
		}
		if _, reason, err := s.entryAt(offset, end); err != nil || reason == "" {
			return offset, err
		}
	}
	return end, nil
}

// view returns n bytes of the file from offset on, which must be there. They are valid until the next call.
func (s *scanner) view(offset int64, n int) ([]byte, error) {
	if from := offset - s.windowAt; from >= 0 && from+int64(n) <= int64(len(s.window)) {
		return s.window[from : from+int64(n)], nil
	}
	size := int(min(int64(max(n, windowBytes)), s.size-offset))
	if cap(s.window) < size {
		s.window = make([]byte, size)
	}
	s.window, s.windowAt = s.window[:size], offset
	if read, err := s.file.ReadAt(s.window, offset); read < size {
		s.window = s.window[:0]
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // the file became shorter
		}
		return nil, fmt.Errorf("wal %s at %d: %w", s.name, offset+int64(read), err)
	}
	return s.window[:n], nil
}
