package expr

// A Styled is one presentation expression: what to compute and how to show it.
type Styled struct {
	Expr Expr
	// Settings by key: alpha, axis, color, legend, limit, ls, lw, order, palette, sed, sort.
	Settings Settings
}

// WithLegend returns s with another legend.
func (s *Styled) WithLegend(legend string) *Styled { return s.with("legend", legend) }

// Settings are the style of an expression, sorted by key, which are unique. They are not changed in place.
type Settings []Setting

// A Setting is one style word that was applied: the key is what it sets.
type Setting struct{ Key, Value string }

// Get returns the value of key, and whether it is set.
func (s Settings) Get(key string) (value string, ok bool) {
	for _, one := range s {
		if one.Key == key {
			return one.Value, true
		}
	}
	return "", false
}

// without returns s without the setting of a key.
func (s Settings) without(key string) Settings {
	var kept Settings
	for _, one := range s {
		if one.Key != key {
			kept = append(kept, one)
		}
	}
	return kept
}
