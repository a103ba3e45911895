package blockfile

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// Inspect reads a whole file, checks everything in it, and prints what it holds and what is wrong. A block is
// good where check, which may be nil, says so of it and the number of its slots. The error matches ErrDamaged
// where something is wrong, or is that of Open or of writing.
func Inspect(out io.Writer, fsys vfs.FS, name string, check func(slots int, block []byte) error) error {
	r, err := Open(fsys, name)
	if err != nil {
		return err
	}
	defer r.Close() // a second error would say nothing new
	v := newVerification(r, check)
	v.run()
	p := &printer{out: tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)}
	p.file(r)
	p.sections(r)
	p.windows(r, v.windows)
	if len(v.problems) == 0 {
		p.keys(r)
	}
	for _, problem := range v.problems {
		p.printf("%v\n", problem)
	}
	if err := p.out.Flush(); err != nil {
		return err
	}
	if v.found > 0 {
		return fmt.Errorf("%w: %s: %d problems", ErrDamaged, name, v.found)
	}
	return nil
}

// A printer writes the tables of Inspect.
type printer struct{ out *tabwriter.Writer }

// printf leaves errors to the end: a tabwriter keeps its text until Flush.
func (p *printer) printf(format string, arguments ...any) {
	_, _ = fmt.Fprintf(p.out, format, arguments...)
}

func (p *printer) file(r *Reader) {
	h := r.head
	step := time.Duration(h.StepMillis) * time.Millisecond
	p.printf("%s: block file, format version %d, %d bytes\n", r.file.name, r.file.version, r.SizeBytes())
	p.printf("sequence %d, windows %d to %d: %d of %d slots of %v\n", h.Sequence, h.First, h.Last(), h.Windows, h.Slots, step)
	p.printf("%d series of %d shards, %d tags of %d keys\n\n", r.Len(), len(r.shards), r.contents.tags, len(r.keys))
}

func (p *printer) sections(r *Reader) {
	p.printf("section\tat\tbytes\tB/series\t\n")
	for i := range sectionsOf(r.file.version) {
		p.section(r, sectionNames[i], r.contents.sections[i])
		if i == sectionData && r.file.version >= 3 {
			p.section(r, "parity", r.file.parity)
		}
	}
	p.printf("\n")
}

func (p *printer) section(r *Reader, name string, s sectionEntry) {
	p.printf("%s\t%d\t%d\t%.2f\t\n", name, s.offset, s.length, float64(s.length)/float64(r.Len()))
}

func (p *printer) windows(r *Reader, sums []windowSum) {
	p.printf("window\tends\tblocks\tbytes\tB/slot\t\n")
	for i, sum := range sums {
		number := r.head.First + int64(i)
		ends := time.UnixMilli((number + 1) * int64(r.head.Slots) * r.head.StepMillis).UTC()
		slots := max(1, sum.blocks*r.head.Slots)
		p.printf("%d\t%s\t%d\t%d\t%.2f\t\n", number, ends.Format(time.RFC3339), sum.blocks, sum.bytes, float64(sum.bytes)/float64(slots))
	}
	p.printf("\n")
}

// keys prints the keys of a file that is in order.
func (p *printer) keys(r *Reader) {
	counts, err := r.count(context.Background(), func(x *index) ([]Count, error) { return x.countAll().listKeys(Page{}) })
	if err != nil {
		p.printf("%v\n", err)
		return
	}
	p.printf("key\tvalues\tseries\t\n")
	for i, count := range counts {
		p.printf("%q\t%d\t%d\t\n", count.Text, r.keys[i].end-r.keys[i].first, count.Series)
	}
}
