package expr

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A Language is all vocabularies: each stands on the one before.
//
//	std < query < data < math < stateful < filter < style < custom
//	          \ event
type Language struct {
	// Default is the highest vocabulary; graphs and alerts are written in it.
	Default *stack.Vocabulary
	// Events is the vocabulary of event expressions: std, query and its own.
	Events *stack.Vocabulary
}

// Default returns the language as it comes, with Atlas's two averages. Every call returns the same value,
// which is not to be changed.
func Default() *Language { return defaultLanguage() }

var defaultLanguage = sync.OnceValue(func() *Language {
	l, err := NewLanguage(nil, defaultAverages())
	if err != nil {
		panic("expr: the default language: " + err.Error())
	}
	return l
})

// defaultAverages are the averages that Atlas has without configuration.
func defaultAverages() []Average {
	keys := []string{"nf.account", "nf.app", "nf.ami", "nf.asg", "nf.cluster", "nf.stack", "nf.zone", "nf.region", "nf.node", "nf.ns", "nf.vmtype"}
	instance := tag.Equal{Key: tag.Name, Value: "poller.asg.instance"}
	up := tag.And{Left: tag.Equal{Key: tag.Name, Value: "discovery.status"}, Right: tag.Equal{Key: "state", Value: "UP"}}
	return []Average{{Name: "node-avg", Base: instance, Keys: keys}, {Name: "eureka-avg", Base: up, Keys: keys}}
}

// NewLanguage returns the language with further words: macros, which have a Name, a Body, a Summary and
// Examples, and averages. A word that exists already is tried first. The error names a macro that cannot
// be one.
func NewLanguage(macros []stack.Word, averages []Average) (*Language, error) {
	custom, err := customWords(macros, averages)
	if err != nil {
		return nil, err
	}
	std := stack.Standard()
	types := []stack.Type{queryType, eventType, aggregateType, dataType, exprType, styleType, consolidationType, durationType, colorType}
	query := stack.New("query", std, types, queryWords())
	data := stack.New("data", query, nil, dataWords())
	math := stack.New("math", data, nil, mathWords())
	stateful := stack.New("stateful", math, nil, statefulWords())
	filter := stack.New("filter", stateful, nil, filterWords())
	style := stack.New("style", filter, nil, styleWords())
	event := stack.New("event", query, nil, eventWords())
	return &Language{
		Default: stack.New("custom", style, nil, custom),
		Events:  stack.New("custom", event, nil, custom),
	}, nil
}

func customWords(macros []stack.Word, averages []Average) ([]stack.Word, error) {
	var words []stack.Word
	for _, w := range macros {
		if _, err := stack.Tokens(w.Body); err != nil || w.Body == "" {
			return nil, fmt.Errorf("word :%s: body %q: %w", w.Name, w.Body, cmp.Or(err, errEmptyBody))
		}
		if w.Name == "" || strings.ContainsAny(w.Name, ", \t\r\n") {
			return nil, fmt.Errorf("word %q: a name has no commas and no blanks, and is not empty", w.Name)
		}
		w.Signature, w.Matches = "? -- ?", anyStack
		words = append(words, w)
	}
	for _, a := range averages {
		words = append(words, a.word())
	}
	return words, nil
}

var errEmptyBody = errors.New("there is nothing in it")

// Vocabulary returns the vocabulary with that name, from std to custom; nil if there is none.
func (l *Language) Vocabulary(name string) *stack.Vocabulary {
	for _, v := range l.Default.Chain() {
		if v.Name() == name {
			return v
		}
	}
	return nil
}

// Words returns every word of the default language, in the order in which they are tried, for reference
// pages.
func Words() []*stack.Word { return Default().Default.Words() }
