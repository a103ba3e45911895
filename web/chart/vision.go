package chart

// A Vision is how people see colours.
type Vision string

const normalVision Vision = "normal"

// visions are the shares of red, green and blue in what is seen as red, green and blue. No matrix is
// normal vision.
var visions = map[Vision]*[3][3]float64{
	normalVision:    nil,
	"protanopia":    {{.567, .433, 0}, {.558, .442, 0}, {0, .242, .758}},
	"protanomaly":   {{.817, .183, 0}, {.333, .667, 0}, {0, .125, .875}},
	"deuteranopia":  {{.625, .375, 0}, {.700, .300, 0}, {0, .300, .700}},
	"deuteranomaly": {{.800, .200, 0}, {.258, .742, 0}, {0, .142, .858}},
	"tritanopia":    {{.950, .050, 0}, {0, .433, .567}, {0, .475, .525}},
	"tritanomaly":   {{.967, .033, 0}, {0, .733, .267}, {0, .183, .817}},
	"achromatopsia": {{.299, .587, .114}, {.299, .587, .114}, {.299, .587, .114}},
	"achromatomaly": {{.618, .320, .062}, {.163, .775, .062}, {.163, .320, .516}},
}

// see returns what is seen of a colour.
func (v Vision) see(c Color) Color {
	m := visions[v]
	if m == nil {
		return c
	}
	red, green, blue := float64(c>>16&255), float64(c>>8&255), float64(c&255)
	seen := c & 0xff000000
	for i, row := range m {
		channel := Color(red*row[0] + green*row[1] + blue*row[2])
		seen |= channel << (16 - 8*i)
	}
	return seen
}
