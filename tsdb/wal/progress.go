package wal

import (
	"log/slog"
	"time"
)

// A progress tells the operator who waits for a replay how far it is, by bytes of the segments.
type progress struct {
	logger *slog.Logger
	total  int64     // bytes of all segments
	done   int64     // bytes of the segments that have been replayed
	look   int64     // how many bytes to reach before looking at the clock again
	said   time.Time // when it was said last
}

const (
	progressEvery = 3 * time.Second
	// progressBytes is how far apart looks at the clock are: 10 ms or so.
	progressBytes = 4 << 20
)

// reach notes that the segment being replayed is done up to an offset.
func (p *progress) reach(offset int64) {
	done := p.done + offset
	if done < p.look {
		return
	}
	p.look = done + progressBytes
	if now := time.Now(); now.Sub(p.said) >= progressEvery {
		p.said = now
		p.logger.Info("wal: replaying", "percent", 100*done/max(p.total, 1), "bytes", done, "of", p.total)
	}
}
