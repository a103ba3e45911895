package expr

import "github.com/telamon-tsdb/telamon/query/stack"

func statefulWords() []stack.Word {
	const (
		window   = "TimeSeriesExpr n:Int -- TimeSeriesExpr"
		training = "TimeSeriesExpr training:Int alpha:Double beta:Double -- TimeSeriesExpr"
	)
	word := func(name, signature, summary, example string, op StatefulOp) stack.Word {
		return stack.Word{Name: name, Signature: signature, Types: lenient, Run: keepStyle(stateful(op)), Summary: summary, Examples: []string{example}}
	}
	// preset is a smoothing with well-tried parameters.
	preset := func(name, speed, parameters, word string) stack.Word {
		return stack.Word{Name: name, Signature: unarySignature, Types: lenient, Body: ":dup," + parameters + "," + word + "," + name + ",:named-rewrite",
			Summary: "Short for " + parameters + "," + word + ": " + speed + ".", Examples: []string{"42", "name,sys.cpu.utilization,:eq,:sum"}}
	}
	trend := word("trend", "TimeSeriesExpr window:Duration -- TimeSeriesExpr", "The moving average over a span of time.", ":random,PT5M", Trend)
	trend.Deprecated = "Use :rolling-mean instead"
	return []stack.Word{
		word("delay", window, "The value n steps ago.", "name,http.server.requests,:eq,:sum,5", Delay),
		word("rolling-count", window, "How many of the last n values are true: there and not zero.", ":random,0.4,:gt,5", RollingCount),
		word("rolling-min", window, "The least of the last n values.", "name,sys.cpu.utilization,:eq,:sum,5", RollingMin),
		word("rolling-max", window, "The greatest of the last n values.", "name,sys.cpu.utilization,:eq,:sum,5", RollingMax),
		word("rolling-mean", "TimeSeriesExpr n:Int minNumValues:Int -- TimeSeriesExpr", "The mean of the last n values, where at least so many of them are there.", "name,sys.cpu.utilization,:eq,:sum,5,3", RollingMean),
		word("rolling-sum", window, "The sum of the last n values.", "name,sys.cpu.utilization,:eq,:sum,5", RollingSum),
		word("des", training, "Predicts each value from those before it, by double exponential smoothing.", "name,http.server.requests,:eq,:sum,5,0.1,0.5", Des),
		word("sdes", training, "Like :des, but what lies further back than two trainings has no influence.", "name,http.server.requests,:eq,:sum,5,0.1,0.5", SlidingDes),
		trend,
		word("integral", unarySignature, "The sum of all values from the start.", "1", Integral),
		word("cumulative-max", unarySignature, "The greatest of all values from the start.", "name,http.server.requests,:eq,:sum", CumulativeMax),
		word("derivative", unarySignature, "The difference of each value to the one before.", "1,:integral", Derivative),
		{Name: "approx-distinct-cumulative", Signature: unarySignature, Types: lenient,
			Body:    ":dup,:cumulative-max,:approx-distinct,approx-distinct-cumulative,:named-rewrite",
			Summary: "Estimates how many distinct values were recorded since the start.", Examples: []string{"name,users.unique,:eq", "name,users.unique,:eq,(,nf.region,),:by"}},
		preset("des-simple", "a general smoothing", "10,0.1,0.5", ":des"),
		preset("des-fast", "it follows fast", "10,0.1,0.02", ":des"),
		preset("des-slower", "it follows slower", "10,0.05,0.03", ":des"),
		preset("des-slow", "it follows slowly", "10,0.03,0.04", ":des"),
		preset("sdes-simple", "a general smoothing", "10,0.1,0.5", ":sdes"),
		preset("sdes-fast", "it follows fast", "10,0.1,0.02", ":sdes"),
		preset("sdes-slower", "it follows slower", "10,0.05,0.03", ":sdes"),
		preset("sdes-slow", "it follows slowly", "10,0.03,0.04", ":sdes"),
		{Name: "des-epic-signal", Signature: "? -- ?", Matches: anyStack, Body: signalBody,
			Summary:  "1 where a line leaves the band around its prediction; the operands are line, training, alpha, beta, the share it may be above and below, and the noise.",
			Examples: []string{"name,sys.cpu.utilization,:eq,:sum,10,0.1,0.5,0.2,0.2,4"}},
	}
}

func anyStack([]stack.Value) bool { return true }

// stateful makes the words that feed lines through an algorithm; the operands behind the line are its
// parameters, and what they mean is checked at evaluation.
func stateful(op StatefulOp) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		s := &Stateful{Op: op, Input: operands[0].(Expr)}
		switch op {
		case Integral, CumulativeMax, Derivative:
		case Trend:
			s.Span = operands[1].(Duration)
		default:
			s.Window = operands[1].(int32)
		}
		switch op {
		case RollingMean:
			s.MinValues = operands[2].(int32)
		case Des, SlidingDes:
			s.Alpha, s.Beta = operands[2].(float64), operands[3].(float64)
		}
		m.Push(s)
		return nil
	}
}
