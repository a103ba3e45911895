package memseries

import (
	"fmt"
	"time"
)

// Limits bound what new series may cost. A series that is known loses nothing by them; one that was evicted
// takes memory as a new one does, and counts as one when it comes back. Zero is no limit.
type Limits struct {
	// Series is the number of series that are remembered, with values in memory for the most part.
	Series int
	// SeriesBytes bounds what the tags of these series take of the memory, as seriesBytes and valueBytes estimate it. Of
	// usual tags it is half a kilobyte a series, of long ones that no other series has twenty times that: a number of
	// series alone bounds nothing.
	SeriesBytes int
	// ValuesPerKey is the number of different values of one tag key, among these series.
	ValuesPerKey int
	// NewSeries is the number of new series in one minute of the clock. They are counted only while there
	// are more than half of Series: a fleet may arrive at once, but not for ever.
	NewSeries int
}

// A LimitError refuses a new series.
type LimitError struct {
	Limit string // the setting: "max-series", "max-series-bytes", "max-values-per-key" or "max-new-series"
	Max   int
	// Key is the key that is over its limit or, where the number or size of series is, the key that has grown most: the
	// likely culprit, which the refused series may not even have. Value is what the new series has for it, or else its newest.
	Key, Value string
	// Values is how many values Key has, and Grown how many new ones came since Since, refused ones included. Grown and Since
	// are zero for a key that was not seen growing, as after a start.
	Values, Grown int
	Since         time.Time
}

func (e *LimitError) Error() string {
	if e.Limit == limitValues {
		text := fmt.Sprintf("new series refused: key %q has %d values already, as many as --%s allows", e.Key, e.Max, e.Limit)
		if e.Grown > 0 {
			text += fmt.Sprintf(", and %d new ones came since %s", e.Grown, e.Since.UTC().Format(time.RFC3339))
		}
		return text
	}
	reached := fmt.Sprintf("there are %d", e.Max)
	switch e.Limit {
	case limitNew:
		reached = fmt.Sprintf("%d have come within this minute", e.Max)
	case limitBytes:
		reached = fmt.Sprintf("the tags of all series take %d bytes", e.Max)
	}
	if e.Key == "" {
		return fmt.Sprintf("new series refused: %s, as many as --%s allows", reached, e.Limit)
	}
	if e.Since.IsZero() {
		return fmt.Sprintf("new series refused: %s, as many as --%s allows; of all keys %q has the most values, %d", reached, e.Limit, e.Key, e.Values)
	}
	return fmt.Sprintf("new series refused: %s, as many as --%s allows; of all keys %q has grown most, by %d values since %s",
		reached, e.Limit, e.Key, e.Grown, e.Since.UTC().Format(time.RFC3339))
}

const (
	limitSeries = "max-series"
	limitValues = "max-values-per-key"
	limitNew    = "max-new-series"
	limitBytes  = "max-series-bytes"
)

// A LimitStatus says how far a limit is used up and what it last refused.
type LimitStatus struct {
	Limit   string
	Max     int // 0: switched off
	Used    int // for values per key: of the key that has the most
	Refused int // new series refused so far; one that comes again counts again
	// Last is what was refused last or, of the values per key, what was for the key that has grown most; nil: nothing was.
	Last *LimitError
}
