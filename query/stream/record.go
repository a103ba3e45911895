package stream

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/telamon-tsdb/telamon/tsdb/wal"
)

// recordVersion is the version of the wal.Uptime record, whose body is JSON and holds absolute states:
//
//	{"up":[{"from":1700000000000,"to":1700000060000,"ended":"stopped"},{"from":1700000090000,"to":1700000120000}]}
const recordVersion = 1

// maxTime bounds times in a record: JSON numbers are exact up to there.
const maxTime = 1 << 53

// errRecord reports a record that this package did not write, or a newer one did.
var errRecord = errors.New("stream: unreadable uptime record")

type uptimeRecord struct {
	Up []Interval `json:"up"`
}

// Record returns a record with what the log does not know yet, the interval up to now in any case, and what it holds.
// Once it is in the log, that is for Logged.
func (u *Uptime) Record() (r wal.Record, holds []Interval) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.look()
	for _, e := range u.history.entries {
		if e.Interval != e.logged {
			holds = append(holds, e.Interval)
		}
	}
	return encodeRecord(holds), holds
}

// Logged notes that what a record holds is in the log.
func (u *Uptime) Logged(holds []Interval) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, i := range holds {
		if at := u.history.find(i.From); at >= 0 {
			u.history.entries[at].logged = i
		}
	}
}

// Snapshot returns a record that holds all that is known.
func (u *Uptime) Snapshot() wal.Record {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.look()
	all := make([]Interval, 0, len(u.history.entries))
	for _, e := range u.history.entries {
		all = append(all, e.Interval)
	}
	return encodeRecord(all)
}

func encodeRecord(up []Interval) wal.Record {
	body, err := json.Marshal(uptimeRecord{up})
	if err != nil {
		panic("stream: intervals that JSON cannot hold: " + err.Error())
	}
	return wal.Record{Type: wal.Uptime, Version: recordVersion, Body: body}
}

// Replay applies a wal.Uptime record, in the order of the log, before Begin. After an error nothing of it was applied.
func (u *Uptime) Replay(r wal.Record) error {
	if r.Version != recordVersion {
		return fmt.Errorf("%w: version %d, this program knows %d: use a newer one", errRecord, r.Version, recordVersion)
	}
	var body uptimeRecord
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	for i, one := range body.Up {
		if err := one.check(); err != nil {
			return fmt.Errorf("%w: interval %d: %w", errRecord, i, err)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, one := range body.Up {
		u.history.apply(one)
	}
	return nil
}

func (i Interval) check() error {
	if i.From < 0 || i.To < i.From || i.To > maxTime {
		return fmt.Errorf("from %d to %d", i.From, i.To)
	}
	switch i.Ended {
	case "", Stopped, AppendFailed, ClockMoved, Paused:
		return nil
	}
	return fmt.Errorf("ended by %q", i.Ended)
}
