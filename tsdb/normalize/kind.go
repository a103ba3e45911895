package normalize

import "fmt"

// A Kind is the way in which the samples of a series become values on the grid.
type Kind uint8

// The kinds. Rate is the zero value because it is what a series without a known type is.
const (
	Rate Kind = iota
	Counter
	Gauge
	Sum
)

// KindOf returns the kind that the value of the tag atlas.dstype names. The comparison is exact; an
// absent ("") or unknown type is a rate.
func KindOf(dstype string) Kind {
	switch dstype {
	case "counter":
		return Counter
	case "gauge":
		return Gauge
	case "sum":
		return Sum
	}
	return Rate
}

// String returns the name as in atlas.dstype.
func (k Kind) String() string {
	switch k {
	case Rate:
		return "rate"
	case Counter:
		return "counter"
	case Gauge:
		return "gauge"
	case Sum:
		return "sum"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}
