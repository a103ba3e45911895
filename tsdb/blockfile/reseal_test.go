package blockfile

import (
	"encoding/binary"
	"hash/crc32"
)

// reseal gives a file whose bytes were changed the checksums that belong to them, as far as it has the parts of a file.
func reseal(data []byte) {
	if len(data) < headBytes+directoryFixed {
		return
	}
	copy(data, magic)
	binary.LittleEndian.PutUint32(data[headBytes-4:], crc32.Checksum(data[:headBytes-4], castagnoli))
	length := binary.LittleEndian.Uint32(data[len(data)-len(endMagic)-4:])
	if int(length) < directoryFixed || int64(length) > int64(len(data)-headBytes) {
		return
	}
	last := data[len(data)-int(length):]
	copy(last, directoryMagic)
	binary.LittleEndian.PutUint32(last[len(directoryMagic):], length)
	copy(last[directoryFront:], data[:headBytes])
	copy(last[len(last)-len(endMagic):], endMagic)
	d := &directory{}
	body := last[directoryFront : len(last)-directoryBack]
	whole := d.read(body) == nil && d.end() == int64(len(data))
	if whole {
		resealParts(data, d, body)
	}
	binary.LittleEndian.PutUint32(last[len(last)-directoryBack:], crc32.Checksum(last[:len(last)-directoryBack], castagnoli))
	if first := headBytes + d.sections[sectionData].length; whole {
		copy(data[first:first+int64(length)], last)
	}
}

func resealParts(data []byte, d *directory, body []byte) {
	var sections [numSections][]byte
	for i, s := range d.sections {
		sections[i] = data[s.offset : s.offset+s.length]
	}
	resealRows(d, sections)
	sums := body[headBytes+4*4+8*(numSections+1):]
	for _, section := range sections[firstTable:] {
		for _, sum := range sumsOf(section) {
			binary.LittleEndian.PutUint32(sums, sum)
			sums = sums[4:]
		}
	}
	if parity := parityOf(sections[firstTable:]); int64(len(parity)) == d.parity.length {
		copy(data[d.parity.offset:], parity)
	}
}

func resealRows(d *directory, sections [numSections][]byte) {
	data, runs := sections[sectionData], sections[sectionRuns]
	for position := range d.series {
		run := runs[position/d.runSeries*runBytes:]
		start, end := binary.LittleEndian.Uint64(run), uint64(len(data))
		if len(run) >= 2*runBytes {
			end = binary.LittleEndian.Uint64(run[runBytes:])
		}
		rows := min(d.runSeries, d.series-position/d.runSeries*d.runSeries)
		if start > end || end > uint64(len(data)) || end-start < uint64(4*rows) {
			continue
		}
		if row, ok := readTable(data[start:end], rows).at(position % d.runSeries); ok {
			s := Series{Number: binary.LittleEndian.Uint32(sections[sectionNumbers][4*position:])}
			for shards := sections[sectionShards]; len(shards) > 0; shards = shards[shardBytes:] {
				if int(binary.LittleEndian.Uint32(shards[4:])) <= position {
					s.Shard = int(binary.LittleEndian.Uint32(shards))
				}
			}
			resealRow(d, row, &sealer{head: binary.LittleEndian.Uint32(d.headBytes()[headBytes-4:]), series: s})
		}
	}
}

func (d *directory) headBytes() []byte { return d.head.append(nil, d.runSeries) }

func resealRow(d *directory, row []byte, x *sealer) {
	sum := row
	if d.head.Windows > 1 {
		if len(row) < sumBytes {
			return
		}
		row = row[sumBytes:]
	}
	blocks, ok := readRow(row, d.head.Windows)
	if d.head.Windows > 1 && ok {
		binary.LittleEndian.PutUint32(sum, x.lengths(blocks.lengths))
	}
	for window := d.head.First; ok && window <= d.head.Last(); window++ {
		var block []byte
		if block, ok = blocks.next(); ok && len(block) >= sumBytes {
			binary.LittleEndian.PutUint32(block, x.block(window, block[sumBytes:]))
		}
	}
}
