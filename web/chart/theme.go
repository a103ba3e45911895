package chart

// A theme is the look of a graph.
type theme struct {
	primary string // the palette of lines
	offset  string // the palette of lines that are shifted in time
	named   map[string]Color

	image, canvas Color // backgrounds
	ink           Color // of text, axes and borders
}

// Colours that all themes share.
const (
	minorGrid   Color = 0x5fababab
	majorGrid   Color = 0x5fff5b5b
	warningFill Color = 0xffffc800
	black       Color = 0xff000000
	clockRed    Color = 0xffff0000 // the change of a clock
)

var themes = map[string]theme{
	"light": {
		primary: "armytage", offset: "bw",
		image: 0xfff5f5f5, canvas: 0xffffffff, ink: black,
		named: map[string]Color{
			"blue1": 0xff6baed6, "blue2": 0xff2171b5, "blue3": 0xff08306b,
			"gray1": 0xff888888, "gray2": 0xff444444, "gray3": 0xff000000,
			"green1": 0xff74c476, "green2": 0xff238b45, "green3": 0xff00441b,
			"orange1": 0xfffd8d3c, "orange2": 0xffd94801, "orange3": 0xff7f2704,
			"purple1": 0xff9e9ac8, "purple2": 0xff6a51a3, "purple3": 0xff3f007d,
			"red1": 0xfffb6a4a, "red2": 0xffcb181d, "red3": 0xff67000d,
		},
	},
	"dark": {
		primary: "light24", offset: "lightgray",
		image: 0xff0a0a0a, canvas: black, ink: 0xffffffff,
		named: map[string]Color{
			"blue1": 0xffc6dbef, "blue2": 0xff6baed6, "blue3": 0xff2171b5,
			"gray1": 0xffffffff, "gray2": 0xffbbbbbb, "gray3": 0xff777777,
			"green1": 0xffc7e9c0, "green2": 0xff74c476, "green3": 0xff238b45,
			"orange1": 0xfffdd0a2, "orange2": 0xfffd8d3c, "orange3": 0xffd94801,
			"purple1": 0xffdadaeb, "purple2": 0xff9e9ac8, "purple3": 0xff6a51a3,
			"red1": 0xfffcbba1, "red2": 0xfffb6a4a, "red3": 0xffcb181d,
		},
	},
}
