package chart

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/web/chart/draw"
	"github.com/telamon-tsdb/telamon/web/chart/ticks"
)

// A SystemError is a graph that cannot be drawn, though its settings are all right one by one. Kind is the Java
// exception that Atlas answers with.
type SystemError struct{ Kind, Text string }

func (e *SystemError) Error() string { return e.Kind + ": " + e.Text }

// WritePNG draws g and writes the picture as PNG. Its error is a *SettingError, a *SystemError or that of w.
func WritePNG(w io.Writer, g *Graph) error {
	l, err := g.spelled(g.Settings.Fonts.Spell).Picture()
	if err != nil {
		return err
	}
	l.Fonts = g.Settings.Fonts
	return draw.WritePNG(w, l)
}

// WriteSVG draws g and writes the picture as SVG. Errors are those of WritePNG.
func WriteSVG(w io.Writer, g *Graph) error {
	l, err := g.spelled(draw.SpellControls).Picture()
	if err != nil {
		return err
	}
	return draw.WriteSVG(w, l)
}

// spelled returns a copy of g whose texts are all spelled, before anything is measured, so that they break and are cut
// as they are drawn. It shares all else with g.
func (g *Graph) spelled(spell func(string) string) *Graph {
	s := *g
	s.Title = spell(g.Title)
	s.Warnings = make([]string, len(g.Warnings))
	for i, warning := range g.Warnings {
		s.Warnings[i] = spell(warning)
	}
	s.Plots = slices.Clone(g.Plots)
	for i := range s.Plots {
		p := &s.Plots[i]
		p.YLabel, p.Message = spell(p.YLabel), spell(p.Message)
		p.Lines = slices.Clone(p.Lines)
		for j := range p.Lines {
			p.Lines[j].Legend = spell(p.Lines[j].Legend)
		}
		if p.Heat != nil {
			heat := *p.Heat
			heat.Label = spell(heat.Label)
			p.Heat = &heat
		}
	}
	return &s
}

// A painter draws one graph, from the top to the bottom.
type painter struct {
	graph    *Graph
	look     theme
	list     *draw.List
	width    int // of the picture
	y        int // where the next part begins
	zones    []*time.Location
	warnings []string
	xs       []int32 // the columns between which the values of lines lie, one more than those
}

// Picture returns what g looks like: title, canvas with axes, legends, footer and warnings, one below the
// other. Its error is a *SettingError or a *SystemError.
func (g *Graph) Picture() (*draw.List, error) {
	if len(g.Plots) == 0 {
		return nil, &SystemError{"UnsupportedOperationException", "tail of empty list"}
	}
	zoom, err := g.zoom()
	if err != nil {
		return nil, err
	}
	p := &painter{graph: g, look: themes[g.Settings.Theme], width: g.graphWidth(), warnings: g.allWarnings()}
	for _, id := range g.Settings.Zones {
		zone, err := expr.LoadZone(id)
		if err != nil {
			return nil, badSetting("%v", err)
		}
		p.zones = append(p.zones, zone)
	}
	p.list = &draw.List{Width: p.width, Zoom: zoom, Background: p.look.image}
	if err := p.paint(); err != nil {
		return nil, err
	}
	p.list.Height = p.y
	return p.list, nil
}

func (p *painter) paint() error {
	s := &p.graph.Settings
	if height := p.graph.titleHeight(); height > 0 {
		title := largeFont.truncate(p.graph.Title, min(s.Width, maxWidth))
		p.text(largeFont, p.look.ink, center, title, 0, p.width, p.y)
		p.y += height
	}
	p.y += padding
	if err := p.canvas(); err != nil {
		return err
	}
	if s.hasLegend() {
		p.y += padding
		for i := range p.graph.Plots {
			if err := p.legend(i); err != nil {
				return err
			}
		}
		p.y += footerPadding
		p.footer()
	}
	if len(p.warnings) == 0 {
		return nil
	}
	if s.fixedHeight() || !s.hasText() {
		p.list.Background = warningFill // no room for words
		return nil
	}
	p.y += footerPadding
	p.listWarnings()
	return nil
}

// valueTicks returns the ticks of the axis of a plot, with n major ones at most.
func valueTicks(low, high float64, n int, p *Plot) ([]ticks.Tick, error) {
	list, err := ticks.Value(low, high, n, ticks.Scale(p.Scale), ticks.Labels(p.TickLabels))
	if errors.Is(err, ticks.ErrNoRoom) {
		return nil, &SystemError{"ArithmeticException", err.Error()}
	}
	if err != nil {
		return nil, badSetting("%v", err)
	}
	return list, nil
}
