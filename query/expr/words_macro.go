package expr

import "github.com/telamon-tsdb/telamon/query/stack"

// mathMacros are words that are made of words. Those that end in :named-rewrite show as themselves.
func mathMacros() []stack.Word {
	const distribution = "Query -- TimeSeriesExpr"
	grouped := []string{"name,sys.cpu.utilization,:eq,(,nf.app,),:by"}
	latency := []string{"name,http.server.latency,:eq"}
	macro := func(name, signature, summary, body string, examples []string) stack.Word {
		return stack.Word{Name: name, Signature: signature, Types: lenient, Summary: summary, Body: body, Examples: examples}
	}
	return []stack.Word{
		macro("avg", unarySignature, "The average of the lines: their sum by their count.",
			":dup,:dup,:sum,:swap,:count,:div,avg,:named-rewrite", append([]string{"name,sys.cpu.utilization,:eq,10m,:offset"}, grouped...)),
		// x :fadd 0 makes an aggregate of a query, and a missing value stays missing. With y for that:
		// sqrt((count(y) sum(y*y) - sum(y) sum(y)) / (count(y) count(y))).
		macro("stddev", unarySignature, "The standard deviation of the lines at each time.",
			":dup,0,:fadd,:dup,:count,:over,:dup,:mul,:sum,:mul,:over,:sum,:dup,:mul,:sub,:swap,:count,:dup,:mul,:div,:sqrt,stddev,:named-rewrite", grouped),
		macro("pct", unarySignature, "Each line as a percentage of the sum of all.",
			":dup,:dup,:sum,:div,100,:mul,pct,:named-rewrite", grouped),
		macro("dist-avg", distribution, "The average of the recorded values of a timer or distribution.",
			":dup,statistic,(,totalTime,totalAmount,),:in,:sum,statistic,count,:eq,:sum,:div,:swap,:cq,dist-avg,:named-rewrite", latency),
		macro("dist-max", distribution, "The greatest recorded value of a timer or distribution.",
			":dup,statistic,max,:eq,:max,:swap,:cq,dist-max,:named-rewrite", latency),
		macro("dist-stddev", distribution, "The standard deviation of the recorded values of a timer or distribution.",
			":dup,statistic,count,:eq,:sum,statistic,totalOfSquares,:eq,:sum,:mul,statistic,(,totalAmount,totalTime,),:in,:sum,:dup,:mul,:sub,"+
				"statistic,count,:eq,:sum,:dup,:mul,:div,:sqrt,:swap,:cq,dist-stddev,:named-rewrite", latency),
		macro("median", unarySignature, "Estimates the median of a distribution.",
			"(,50,),:percentiles", latency),
		macro("cos", unarySignature, "The cosine of each value, in radians.", ":pi,2,:div,:swap,:sub,:sin", []string{"0", "name,sys.cpu.utilization,:eq,:sum"}),
		macro("tan", unarySignature, "The tangent of each value, in radians.", ":dup,:sin,:swap,:cos,:div", []string{"0", "name,sys.cpu.utilization,:eq,:sum"}),
		macro("cot", unarySignature, "The cotangent of each value, in radians.", ":dup,:cos,:swap,:sin,:div", []string{"1", "name,sys.cpu.utilization,:eq,:sum"}),
		macro("sec", unarySignature, "The secant of each value, in radians.", "1,:swap,:cos,:div", []string{"0", "name,sys.cpu.utilization,:eq,:sum"}),
		macro("csc", unarySignature, "The cosecant of each value, in radians.", "1,:swap,:sin,:div", []string{"1", "name,sys.cpu.utilization,:eq,:sum"}),
	}
}

// signalBody is the program of :des-epic-signal. It keeps the bounds in variables, because
// :des-epic-viz shows them.
const signalBody = "noise,:sset,minPercent,:sset,maxPercent,:sset,beta,:sset,alpha,:sset,trainingSize,:sset,line,:sset," +
	"pred,line,:get,trainingSize,:get,alpha,:get,beta,:get,:des,:set," +
	"minPredNoiseBound,pred,:get,noise,:get,:sub,:set," +
	"minPredPercentBound,pred,:get,1.0,:const,minPercent,:get,:const,:fsub,:fmul,:set," +
	"maxPredNoiseBound,pred,:get,noise,:get,:add,:set," +
	"maxPredPercentBound,pred,:get,2.0,:const,1.0,:const,maxPercent,:get,:const,:fsub,:fsub,:fmul,:set," +
	"line,:get,minPredNoiseBound,:get,:lt,line,:get,minPredPercentBound,:get,:lt,:and," +
	"line,:get,maxPredNoiseBound,:get,:gt,line,:get,maxPredPercentBound,:get,:gt,:and,:or"

// vizBody is the program of :des-epic-viz: the signal as a background, the line, and its bounds.
const vizBody = ":des-epic-signal,:vspan,40,:alpha,triggered,:legend," +
	"line,:get,line,:legend," +
	"minPredNoiseBound,:get,minPredNoiseBound,:legend,minPredPercentBound,:get,minPredPercentBound,:legend," +
	"maxPredNoiseBound,:get,maxPredNoiseBound,:legend,maxPredPercentBound,:get,maxPredPercentBound,:legend"
