package alert

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/telamon-tsdb/telamon/query/yamlfile"
)

// MaxFileBytes bounds a rules file: some 10,000 rules.
const MaxFileBytes = 4 << 20

// A FileError tells where a rules file is wrong, and how.
type FileError = yamlfile.Error

// errorAt returns a FileError at the place of t.
func errorAt(t *token.Token, format string, args ...any) error {
	return yamlfile.ErrorAt(t, format, args...)
}

// A text is a scalar of the file with its place.
type text struct {
	value string
	place *token.Token
}

// A field is one key of a mapping.
type field struct {
	key   text
	value ast.Node
}

// fields returns the keys of a mapping, which must be among allowed (any key, if allowed is empty).
// what names the mapping in errors. An empty value is an empty mapping.
func fields(n ast.Node, what string, allowed ...string) ([]field, error) {
	switch n := n.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.MappingNode:
		list := make([]field, 0, len(n.Values))
		for _, pair := range n.Values {
			key, err := scalar(pair.Key, "a key of "+what)
			if err != nil {
				return nil, err
			}
			if len(allowed) > 0 && !slices.Contains(allowed, key.value) {
				return nil, errorAt(key.place, "unknown key %q in %s: it takes %s", key.value, what, strings.Join(allowed, ", "))
			}
			list = append(list, field{key, pair.Value})
		}
		return list, nil
	}
	return nil, errorAt(n.GetToken(), "%s is a mapping of keys to values, not %s", what, kind(n))
}

// items returns the entries of a list. An empty value is an empty list.
func items(n ast.Node, what string) ([]ast.Node, error) {
	switch n := n.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.SequenceNode:
		return n.Values, nil
	}
	return nil, errorAt(n.GetToken(), "%s is a list, not %s", what, kind(n))
}

// scalar returns the text of a plain, quoted or block value, numbers and booleans as written. An empty
// value is the empty text.
func scalar(n ast.Node, what string) (text, error) {
	place := n.GetToken()
	switch n := n.(type) {
	case *ast.NullNode:
		return text{place: place}, nil
	case *ast.StringNode:
		return text{n.Value, place}, nil
	case *ast.LiteralNode:
		return text{n.Value.Value, place}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return text{place.Value, place}, nil
	}
	return text{}, errorAt(place, "%s is a text, not %s", what, kind(n))
}

// texts returns a mapping of keys to texts.
func texts(n ast.Node, what string) (map[string]text, error) {
	list, err := fields(n, what)
	if err != nil {
		return nil, err
	}
	m := make(map[string]text, len(list))
	for _, f := range list {
		value, err := scalar(f.value, fmt.Sprintf("%q of %s", f.key.value, what))
		if err != nil {
			return nil, err
		}
		if f.key.value == "" {
			return nil, errorAt(f.key.place, "an empty key in %s", what)
		}
		m[f.key.value] = value
	}
	return m, nil
}

// plain refuses a text that looks like a template where nothing is rendered: it would go out as it is written.
func (t text) plain(what string) error {
	if strings.Contains(t.value, "{{") {
		return errorAt(t.place, "%s is no template, and {{ would stay as it is: only annotations are rendered", what)
	}
	return nil
}

// kind names what a node is.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or alias (write the value out)"
	case *ast.TagNode:
		return "a tagged value (leave the tag out)"
	}
	return "a single value"
}
