package alert

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxFileBytes bounds a rules file: some 10,000 rules.
const maxFileBytes = 4 << 20

// A FileError tells where a rules file is wrong, and how.
type FileError struct {
	Line, Column int // both from 1
	Err          error
}

// Error returns "line 7, column 11: …".
func (e *FileError) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// errorAt returns a FileError at the place of t.
func errorAt(t *token.Token, format string, args ...any) error {
	e := &FileError{Line: 1, Column: 1, Err: fmt.Errorf(format, args...)}
	if t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
	return e
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

// readYAML parses the file and returns its one document; nil where it holds none.
func readYAML(data []byte) (ast.Node, error) {
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("the file has %d bytes, the limit is %d", len(data), maxFileBytes)
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		var located yaml.Error
		if errors.As(err, &located) {
			return nil, errorAt(located.GetToken(), "%s", located.GetMessage())
		}
		return nil, err
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body != nil:
			return nil, errorAt(doc.Body.GetToken(), "a second document: a rules file is one")
		default:
			body = doc.Body
		}
	}
	return body, nil
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
