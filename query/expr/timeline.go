package expr

import "github.com/telamon-tsdb/telamon/query/stack"

// timeModes are the modes of :time: our names for fields of the calendar and counts since 1970, and the
// names of Java's ChronoField. INSTANT_SECONDS has a name and no meaning.
var timeModes = map[string]bool{
	"secondOfMinute": true, "secondOfDay": true, "minuteOfHour": true, "minuteOfDay": true, "hourOfDay": true,
	"dayOfWeek": true, "dayOfMonth": true, "dayOfYear": true, "monthOfYear": true, "yearOfCentury": true, "yearOfEra": true,
	"seconds": true, "minutes": true, "hours": true, "days": true, "weeks": true,

	"NANO_OF_SECOND": true, "NANO_OF_DAY": true, "MICRO_OF_SECOND": true, "MICRO_OF_DAY": true,
	"MILLI_OF_SECOND": true, "MILLI_OF_DAY": true, "SECOND_OF_MINUTE": true, "SECOND_OF_DAY": true,
	"MINUTE_OF_HOUR": true, "MINUTE_OF_DAY": true, "HOUR_OF_AMPM": true, "CLOCK_HOUR_OF_AMPM": true,
	"HOUR_OF_DAY": true, "CLOCK_HOUR_OF_DAY": true, "AMPM_OF_DAY": true, "DAY_OF_WEEK": true,
	"ALIGNED_DAY_OF_WEEK_IN_MONTH": true, "ALIGNED_DAY_OF_WEEK_IN_YEAR": true, "DAY_OF_MONTH": true,
	"DAY_OF_YEAR": true, "EPOCH_DAY": true, "ALIGNED_WEEK_OF_MONTH": true, "ALIGNED_WEEK_OF_YEAR": true,
	"MONTH_OF_YEAR": true, "PROLEPTIC_MONTH": true, "YEAR_OF_ERA": true, "YEAR": true, "ERA": true,
	"INSTANT_SECONDS": false, "OFFSET_SECONDS": true,
}

func checkTimeMode(mode string) error {
	usable, known := timeModes[mode]
	switch {
	case !known:
		return stack.Invalid("No enum constant java.time.temporal.ChronoField.%s", mode)
	case !usable:
		return stack.Errorf(stack.Match, "%s (of class java.lang.String)", mode)
	}
	return nil
}
