package inspect

import (
	"strings"

	"github.com/telamon-tsdb/telamon/query/expr"
	"github.com/telamon-tsdb/telamon/query/stack"
	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// Tags knows the keys and values of the series that there are.
type Tags interface {
	// Keys returns keys that contain part, at most limit, the most used first, and how many there are.
	Keys(where tag.Predicate, part string, limit int) (keys []Counted, total int)
	// Values returns values of a key, likewise. Where the key has too many values to look at all, atLeast
	// tells that there may be more than total, and others may be used more.
	Values(where tag.Predicate, key, part string, limit int) (values []Counted, total int, atLeast bool)
}

// A Counted is a key or value and the number of series that have it.
type Counted struct {
	Text   string
	Series int
}

// Completions are what could be written at the cursor, in place of a part of the program.
type Completions struct {
	Offset int         `json:"offset"` // of what is replaced
	Length int         `json:"length"`
	Items  []Candidate `json:"items"` // at most maxCandidates, the likeliest first
	Total  int         `json:"total"`
	// AtLeast tells that not all values were looked at: there may be more than Total.
	AtLeast bool `json:"totalAtLeast,omitempty"`
}

// The kinds of candidates.
const (
	WordCandidate  = "word"
	KeyCandidate   = "key"
	ValueCandidate = "value"
)

// A Candidate is one completion.
type Candidate struct {
	Text    string `json:"text"` // as it is to be written, escaped
	Kind    string `json:"kind"`
	Detail  string `json:"detail,omitempty"`  // signature of a word
	Summary string `json:"summary,omitempty"` // of a word
	Fits    bool   `json:"fits,omitempty"`    // a word that can run on what is there
	Series  int    `json:"series,omitempty"`  // how many have the key or value
}

const maxCandidates = 50

// complete returns what could be written at pos: in place of the token that the cursor is in, of which
// what is before the cursor counts.
func complete(program string, pos int, v *stack.Vocabulary, tags Tags, visits []stack.Visit) Completions {
	from := tokenStart(program, pos)
	typed := strings.TrimSpace(program[from:pos])
	c := Completions{Offset: pos - len(strings.TrimLeft(program[from:pos], " \t\r\n")), Items: []Candidate{}}
	c.Length = pos - c.Offset
	visits = visitsBefore(program, from, v, visits)
	if name, ok := strings.CutPrefix(typed, ":"); ok {
		c.addWords(v, visits, name)
		return c
	}
	if tags != nil {
		c.addTags(visits, typed, tags)
	}
	if typed == "" {
		c.addWords(v, visits, "")
	}
	return c
}

// tokenStart returns where the token that ends at pos begins: behind the comma before it.
func tokenStart(program string, pos int) int { return strings.LastIndexByte(program[:pos], ',') + 1 }

// visitsBefore returns the visits of program[:at], given those of the whole program; at is behind a comma.
func visitsBefore(program string, at int, v *stack.Vocabulary, visits []stack.Visit) []stack.Visit {
	for i, visit := range visits {
		if visit.Offset >= at {
			return visits[:i]
		}
		if visit.Offset+visit.Length > at { // inside a list or a comment, which would not end then
			return v.Explore(program[:at], options)
		}
	}
	return visits
}

// addWords adds the words that begin with a name: first those that take what is on the stack, then others
// that can run, and, where something is typed, those that cannot.
func (c *Completions) addWords(v *stack.Vocabulary, visits []stack.Visit, name string) {
	var values []stack.Value
	if len(visits) > 0 {
		values = visits[len(visits)-1].Stack
	}
	var ranked [3][]*stack.Word
	for _, w := range v.Words() {
		switch {
		case !strings.HasPrefix(w.Name, strings.ToLower(name)) || name == "" && isHidden(w):
		case !w.Accepts(values):
			ranked[2] = append(ranked[2], w)
		case isHidden(w) || len(w.Operands()) == 0 && w.Matches == nil:
			ranked[1] = append(ranked[1], w)
		default:
			ranked[0] = append(ranked[0], w)
		}
	}
	if name == "" {
		ranked[2] = nil
	}
	seen := map[string]bool{}
	for rank, words := range ranked {
		for _, w := range words {
			if !seen[w.Name] {
				seen[w.Name] = true
				c.add(Candidate{Text: ":" + w.Name, Kind: WordCandidate, Detail: w.Signature, Summary: w.Summary, Fits: rank < 2})
			}
		}
	}
}

func (c *Completions) add(one Candidate) {
	if c.Total++; len(c.Items) < maxCandidates {
		c.Items = append(c.Items, one)
	}
}

// addTags adds keys, or values where a key was written just before: texts that follow each other are key,
// value, key, value.
func (c *Completions) addTags(visits []stack.Visit, typed string, tags Tags) {
	run := 0
	for run < len(visits) && isText(visits[len(visits)-1-run]) {
		run++
	}
	where := lastQuery(visits)
	kind, found, total := KeyCandidate, []Counted(nil), 0
	if run%2 == 0 {
		found, total = tags.Keys(where, stack.Unescape(typed), maxCandidates)
	} else {
		key := stack.Unescape(visits[len(visits)-1].Text)
		kind = ValueCandidate
		found, total, c.AtLeast = tags.Values(where, key, stack.Unescape(typed), maxCandidates)
	}
	for _, one := range found {
		if len(c.Items) < maxCandidates {
			c.Items = append(c.Items, Candidate{Text: stack.Escape(one.Text), Kind: kind, Series: one.Series})
		}
	}
	c.Total += total
}

func isText(visit stack.Visit) bool {
	kind := kindOf(visit)
	return kind == TextToken || kind == NumberToken
}

// lastQuery returns the query that the author is writing on: the topmost on the stack, or true.
func lastQuery(visits []stack.Visit) tag.Predicate {
	if len(visits) > 0 {
		values := visits[len(visits)-1].Stack
		for i := len(values) - 1; i >= 0; i-- {
			if q, ok := values[i].(expr.Query); ok {
				return q.Predicate
			}
		}
	}
	return tag.True{}
}
