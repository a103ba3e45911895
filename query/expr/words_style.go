package expr

import (
	"strings"

	"github.com/telamon-tsdb/telamon/query/stack"
)

func styleWords() []stack.Word {
	const value = "StyleExpr v:String -- StyleExpr"
	const plain = "StyleExpr -- StyleExpr"
	word := func(name, summary, example string) stack.Word {
		return stack.Word{Name: name, Signature: value, Run: setting(name), Summary: summary, Examples: []string{example}}
	}
	lineStyle := func(name, summary string) stack.Word {
		return stack.Word{Name: name, Signature: plain, Types: lenient, Body: name + ",:ls", Summary: summary, Examples: []string{"name,sys.cpu.utilization,:eq,:sum"}}
	}
	return []stack.Word{
		word("legend", "What the legend says; $(key) stands for the value of a tag.", "name,sys.cpu.utilization,:eq,(,nf.app,),:by,cpu of $(nf.app)"),
		{Name: "decode", Signature: "StyleExpr mode:String -- StyleExpr", Run: decode,
			Summary: "Decodes the legend: hex turns _21 into an exclamation mark.", Examples: []string{"1,one_21_25_26_3F,:legend,hex"}},
		{Name: "s", Signature: "StyleExpr s:String r:String -- StyleExpr", Run: searchReplace,
			Summary: "Replaces what a regular expression finds in the legend; $1 stands for its first group.", Examples: []string{"name,sys.cpu.utilization,:eq,(,nf.app,),:by,$(nf.app),:legend,^(.*)s$,$1"}},
		word("axis", "Draws the lines against another axis, 0 to 4.", "name,sys.cpu.utilization,:eq,:sum,1"),
		{Name: "offset", Signature: "StyleExpr offsets:StringList -- StyleExpr", Run: styleOffset, Deprecated: "Use :offset (data variant) instead",
			Summary: "Shows an expression once for each shift into the past.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,(,0h,10m,30m,)"}},
		{Name: "filter", Signature: "StyleExpr TimeSeriesExpr -- StyleExpr", Matches: acceptsStyledFilter, Run: styledFilter,
			Summary: "Keeps the lines for which a second expression is true at least once, and the style.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,$(nf.app),:legend,:stat-max,100,:gt"}},
		word("sort", "Orders the lines by legend, min, max, avg, count, total or last.", "name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,max"),
		word("order", "Orders the lines upwards, asc, or downwards, desc.", "name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,max,:sort,desc"),
		word("limit", "Shows the first lines only, as many as the number says.", "name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,3"),
		{Name: "head", Signature: "StyleExpr n:String -- StyleExpr", Types: lenient, Body: ":limit",
			Summary: "Short for :limit.", Examples: []string{"name,sys.cpu.utilization,:eq,(,nf.app,),:by,2"}},
		{Name: "alpha", Signature: value, Run: alpha,
			Summary: "How opaque the colour is: two hexadecimal digits.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,:stack,40", "name,sys.cpu.utilization,:eq,:sum,:stack,f00,:color,40"}},
		{Name: "color", Signature: "StyleExpr v:Color -- StyleExpr", Run: color,
			Summary: "The colour of the lines: hexadecimal RGB, RRGGBB or AARRGGBB, or a name such as blue1.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,ff0000", "name,sys.cpu.utilization,:eq,:sum,f00", "name,sys.cpu.utilization,:eq,:sum,40,:alpha,f00"}},
		{Name: "palette", Signature: "TimeSeriesExpr String -- StyleExpr", Matches: acceptsPalette, Run: palette,
			Summary: "The colours of the lines: the name of a palette or a list.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,reds", "name,sys.cpu.utilization,:eq,:sum,(,nf.app,),:by,(,f00,00f,)"}},
		word("ls", "How the lines are drawn: line, area, stack, vspan or heatmap.", "name,sys.cpu.utilization,:eq,:sum,(,name,),:by,area"),
		word("lw", "How wide the lines are, in pixels.", "name,sys.cpu.utilization,:eq,:sum,(,name,),:by,2"),
		lineStyle("area", "Fills the area between the line and zero."),
		lineStyle("line", "Draws a line, as it is without a style."),
		lineStyle("stack", "Fills areas one upon the other."),
		lineStyle("heatmap", "Draws how often which value occurs as colours."),
		{Name: "percentiles-heatmap", Signature: plain, Types: lenient, Body: "(,percentile,),:cg,heatmap,:ls",
			Summary: "Draws the buckets of a distribution as a heatmap.", Examples: []string{"name,http.server.latency,:eq"}},
		lineStyle("vspan", "Marks the times at which the line is true."),
		{Name: "des-epic-viz", Signature: "? -- ?", Matches: anyStack, Body: vizBody,
			Summary: "Shows the signal of :des-epic-signal, the line and its bounds.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,10,0.1,0.5,0.2,0.2,4"}},
		{Name: "strip-style", Signature: "StyleExpr -- TimeSeriesExpr", Run: stripStyle,
			Summary: "Takes all style away.", Examples: []string{"name,sys.cpu.utilization,:eq,:sum,ff0000,:color", "name,sys.cpu.utilization,:eq,:sum,custom,:legend"}},
	}
}

// with returns s with a setting changed and others, by key, taken away.
func (s *Styled) with(key, value string, drop ...string) *Styled {
	settings := make(Settings, 0, len(s.Settings)+1)
	added := false
	for _, one := range s.Settings {
		if one.Key == key || subset([]string{one.Key}, drop) {
			continue
		}
		if !added && one.Key > key {
			settings = append(settings, Setting{key, value})
			added = true
		}
		settings = append(settings, one)
	}
	if !added {
		settings = append(settings, Setting{key, value})
	}
	return &Styled{Expr: s.Expr, Settings: settings}
}

// setting makes the words that set what they are called.
func setting(key string) func(*stack.Machine, []any) error {
	return func(m *stack.Machine, operands []any) error {
		m.Push(operands[0].(*Styled).with(key, operands[1].(string)))
		return nil
	}
}

// addLegendCommand appends to the commands that change the legend, which are kept as program text.
func (s *Styled) addLegendCommand(command string) *Styled {
	if before, ok := s.Settings.Get("sed"); ok {
		command = before + "," + command
	}
	return s.with("sed", command)
}

func decode(m *stack.Machine, operands []any) error {
	m.Push(operands[0].(*Styled).addLegendCommand(operands[1].(string) + ",:decode"))
	return nil
}

func searchReplace(m *stack.Machine, operands []any) error {
	m.Push(operands[0].(*Styled).addLegendCommand(operands[1].(string) + "," + operands[2].(string) + ",:s"))
	return nil
}

func styleOffset(m *stack.Machine, operands []any) error {
	list := stack.AppendList(nil, operands[1].([]string))
	m.Push(operands[0].(*Styled).with("offset", string(list)))
	return nil
}

func acceptsStyledFilter(values []stack.Value) bool {
	if len(values) < 2 || asExpr(values[len(values)-1]) == nil {
		return false
	}
	_, ok := values[len(values)-2].(*Styled)
	return ok
}

func styledFilter(m *stack.Machine, _ []any) error {
	right, left := asExpr(m.Pop()), m.Pop().(*Styled)
	e, err := filtered(m, left.Expr, right)
	if err != nil {
		return err
	}
	m.Push(&Styled{Expr: e, Settings: left.Settings})
	return nil
}

// alpha goes into a colour that is a number; with the name of one, or none, it waits for drawing.
func alpha(m *stack.Machine, operands []any) error {
	s, v := operands[0].(*Styled), operands[1].(string)
	name, _ := s.Settings.Get("color")
	c, ok := parseColor(name)
	if !ok {
		m.Push(s.with("alpha", v))
		return nil
	}
	a, err := parseAlpha(v)
	if err != nil {
		return err
	}
	m.Push(s.with("color", colorText(c&0xffffff|a<<24), "alpha"))
	return nil
}

func color(m *stack.Machine, operands []any) error {
	v := operands[1].(string)
	if c, ok := parseColor(v); ok {
		v = colorText(c)
	}
	m.Push(operands[0].(*Styled).with("color", v, "alpha", "palette"))
	return nil
}

func acceptsPalette(values []stack.Value) bool {
	if len(values) < 2 || asStyled(values[len(values)-2]) == nil {
		return false
	}
	switch v := values[len(values)-1].(type) {
	case stack.Text:
		return true
	case stack.List:
		_, ok := stack.StringListType.Accept(v)
		return ok
	}
	return false
}

func palette(m *stack.Machine, _ []any) error {
	value, target := m.Pop(), m.Pop()
	name := value.String()
	if list, ok := stack.StringListType.Accept(value); ok {
		name = "(," + strings.Join(list.([]string), ",") + ",)"
	}
	m.Push(asStyled(target).with("palette", name, "color", "alpha"))
	return nil
}

func stripStyle(m *stack.Machine, operands []any) error {
	m.Push(operands[0].(*Styled).Expr)
	return nil
}
