package eval

import (
	"strconv"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
)

// generate computes a line from the time of each value alone.
func generate(e *expr.Generated, rng Range) (lineSet, error) {
	g, err := generatorOf(e, rng)
	if err != nil {
		return lineSet{}, err
	}
	values := make([]float64, rng.Len())
	for i := range values {
		values[i] = g.valueAt(rng.Time(i))
	}
	return lineSet{lines: []line{named(g.name, values)}, notice: g.notice, warns: true}, nil
}

// A generator is the name of a generated line, its value at a time in milliseconds, and a remark for people or "".
type generator struct {
	name    string
	valueAt func(t int64) float64
	notice  string
}

func generatorOf(e *expr.Generated, rng Range) (generator, error) {
	switch e.Kind {
	case expr.Random:
		return generator{name: "random", valueAt: hashOf}, nil
	case expr.SeededRandom:
		seed := int64(e.Seed)
		name := "seeded-random(" + strconv.Itoa(int(e.Seed)) + ")"
		return generator{name: name, valueAt: func(t int64) float64 { return hashOf(t ^ seed) }}, nil
	case expr.Time:
		field := timeFields[e.Mode]
		if field == nil {
			return generator{}, stack.Invalid("Unsupported field: %s", e.Mode)
		}
		return generator{name: e.Mode, valueAt: field}, nil
	case expr.TimeSpan:
		var unknown []string
		from, to, err := timeSpan(e, rng, &unknown)
		within := func(t int64) float64 { return toSignal(from <= t && t <= to) }
		g := generator{name: e.From + " to " + e.To, valueAt: within}
		if len(unknown) > 0 {
			g.notice = unknownTime(unknown[0])
		}
		return g, err
	}
	panic("eval: a generated line of unknown kind")
}

// hashOf returns a number from 0.000 to 0.999 that looks random and is the same for the same time.
func hashOf(t int64) float64 {
	h := int64(int32(mix(uint32(uint64(t)>>32)) ^ mix(uint32(t))))
	return float64(max(h, -h)%1000) / 1000
}

// mix is the 32-bit integer hash "lowbias32" (C. Wellons, hash-prospector).
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x7feb352d
	h ^= h >> 15
	h *= 0x846ca68b
	return h ^ h>>16
}

func utc(t int64) time.Time { return time.UnixMilli(t).UTC() }

func since(unitMillis int64) func(t int64) float64 {
	return func(t int64) float64 { return float64(t) / float64(unitMillis) }
}

func field(get func(t time.Time) int) func(t int64) float64 {
	return func(t int64) float64 { return float64(get(utc(t))) }
}

// timeFields are the modes of :time: the short ones, then Java's names of calendar fields. The fields
// that Java gives as a long are not among them: Atlas fails on them too.
var timeFields = map[string]func(t int64) float64{
	"seconds": since(second), "minutes": since(minute), "hours": since(hour), "days": since(day), "weeks": since(7 * day),

	"secondOfMinute": field(time.Time.Second),
	"secondOfDay":    field(secondOfDay),
	"minuteOfHour":   field(time.Time.Minute),
	"minuteOfDay":    field(func(t time.Time) int { return secondOfDay(t) / 60 }),
	"hourOfDay":      field(time.Time.Hour),
	"dayOfWeek":      field(isoWeekday),
	"dayOfMonth":     field(time.Time.Day),
	"dayOfYear":      field(time.Time.YearDay),
	"monthOfYear":    field(func(t time.Time) int { return int(t.Month()) }),
	"yearOfCentury":  field(time.Time.Year),
	"yearOfEra":      field(time.Time.Year),

	"NANO_OF_SECOND":               field(time.Time.Nanosecond),
	"MICRO_OF_SECOND":              field(func(t time.Time) int { return t.Nanosecond() / 1e3 }),
	"MILLI_OF_SECOND":              field(func(t time.Time) int { return t.Nanosecond() / 1e6 }),
	"MILLI_OF_DAY":                 field(func(t time.Time) int { return secondOfDay(t)*1000 + t.Nanosecond()/1e6 }),
	"SECOND_OF_MINUTE":             field(time.Time.Second),
	"SECOND_OF_DAY":                field(secondOfDay),
	"MINUTE_OF_HOUR":               field(time.Time.Minute),
	"MINUTE_OF_DAY":                field(func(t time.Time) int { return secondOfDay(t) / 60 }),
	"HOUR_OF_AMPM":                 field(func(t time.Time) int { return t.Hour() % 12 }),
	"CLOCK_HOUR_OF_AMPM":           field(func(t time.Time) int { return (t.Hour()+11)%12 + 1 }),
	"HOUR_OF_DAY":                  field(time.Time.Hour),
	"CLOCK_HOUR_OF_DAY":            field(func(t time.Time) int { return (t.Hour()+23)%24 + 1 }),
	"AMPM_OF_DAY":                  field(func(t time.Time) int { return t.Hour() / 12 }),
	"DAY_OF_WEEK":                  field(isoWeekday),
	"ALIGNED_DAY_OF_WEEK_IN_MONTH": field(func(t time.Time) int { return (t.Day()-1)%7 + 1 }),
	"ALIGNED_DAY_OF_WEEK_IN_YEAR":  field(func(t time.Time) int { return (t.YearDay()-1)%7 + 1 }),
	"DAY_OF_MONTH":                 field(time.Time.Day),
	"DAY_OF_YEAR":                  field(time.Time.YearDay),
	"ALIGNED_WEEK_OF_MONTH":        field(func(t time.Time) int { return (t.Day()-1)/7 + 1 }),
	"ALIGNED_WEEK_OF_YEAR":         field(func(t time.Time) int { return (t.YearDay()-1)/7 + 1 }),
	"MONTH_OF_YEAR":                field(func(t time.Time) int { return int(t.Month()) }),
	"YEAR_OF_ERA":                  field(yearOfEra),
	"YEAR":                         field(time.Time.Year),
	"ERA":                          field(func(t time.Time) int { return min(1, max(0, t.Year())) }),
	"OFFSET_SECONDS":               field(func(time.Time) int { return 0 }),
}

func secondOfDay(t time.Time) int { return t.Hour()*3600 + t.Minute()*60 + t.Second() }

func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func yearOfEra(t time.Time) int {
	if y := t.Year(); y > 0 {
		return y
	}
	return 1 - t.Year()
}
