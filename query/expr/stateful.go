package expr

// A StatefulOp names an algorithm that sees the values of a line one after the other.
type StatefulOp uint8

// The algorithms. Windows are counted in values, but for Trend.
const (
	Delay         StatefulOp = iota // the value Window steps ago
	RollingCount                    // how many of the last Window values are true
	RollingMin                      // least of the last Window values
	RollingMax                      // greatest of the last Window values
	RollingMean                     // mean of the last Window values, if MinValues of them are there
	RollingSum                      // sum of the last Window values
	Des                             // double exponential smoothing: Window (training), Alpha, Beta
	SlidingDes                      // the same, restarted every Window values
	Trend                           // moving average over Span
	Integral                        // sum of all values so far
	CumulativeMax                   // greatest of all values so far
	Derivative                      // difference to the previous value
)

// A Stateful feeds each line of its input through an algorithm. Only the fields of its Op are set.
type Stateful struct {
	Op          StatefulOp
	Input       Expr
	Window      int32 // Delay, Rolling*; for Des and SlidingDes the length of the training. The parser does not check it; whoever evaluates does
	MinValues   int32 // RollingMean
	Alpha, Beta float64
	Span        Duration // Trend
}

// IsGrouped implements Expr.
func (s *Stateful) IsGrouped() bool { return s.Input.IsGrouped() }

// FinalGrouping implements Expr.
func (s *Stateful) FinalGrouping() []string { return s.Input.FinalGrouping() }

// Inputs implements Expr.
func (s *Stateful) Inputs() []Expr { return []Expr{s.Input} }
