package yamlfile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// An Error tells where a file is wrong, and how.
type Error struct {
	Line, Column int // both from 1, in characters
	Err          error
}

// Error returns "line 7, column 11: …".
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
}

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// ErrorAt returns an Error at the place of t; at the start of the file if t has none.
func ErrorAt(t *token.Token, format string, args ...any) error {
	e := &Error{Line: 1, Column: 1, Err: fmt.Errorf(format, args...)}
	if t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
	return e
}

// Parse returns the one document of a file of at most maxBytes; nil where it holds none, or one without content.
// Mistakes are an *Error, and so is a second document.
func Parse(data []byte, maxBytes int) (ast.Node, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("the file has %d bytes, the limit is %d", len(data), maxBytes)
	}
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	if text, err = frame(text); err != nil {
		return nil, err
	}
	tokens, err := tokenize(text)
	if err != nil {
		return nil, err
	}
	file, err := parser.Parse(withoutTag(tokens), 0)
	if err != nil {
		var located yaml.Error
		if errors.As(err, &located) {
			return nil, ErrorAt(located.GetToken(), "%s", located.GetMessage())
		}
		return nil, err
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			return withoutProperties(doc.Body), nil
		}
	}
	return nil, nil
}

// mappingTags are the ways to write the tag of a mapping, which says no more than the mapping itself; "!" asks for no other.
var mappingTags = []string{"!", "!!map", "!<tag:yaml.org,2002:map>"}

// withoutProperties returns a document's content without the anchor and the tag of a mapping that may stand before it.
func withoutProperties(n ast.Node) ast.Node {
	for {
		switch whole := n.(type) {
		case *ast.AnchorNode:
			n = whole.Value
		case *ast.TagNode:
			if whole.Value == nil || !slices.Contains(mappingTags, whole.Start.Value) {
				return whole
			}
			n = whole.Value
		default:
			return n
		}
	}
}

// withoutTag leaves out the tag of a mapping that stands before its anchor: the parser knows them in the other order only.
func withoutTag(tokens token.Tokens) token.Tokens {
	for i, t := range tokens {
		switch {
		case t.Type == token.DocumentHeaderType || t.Type == token.CommentType:
			continue
		case t.Type == token.TagType && i+1 < len(tokens) && tokens[i+1].Type == token.AnchorType && slices.Contains(mappingTags, t.Value):
			return slices.Delete(slices.Clone(tokens), i, i+1)
		}
		return tokens
	}
	return tokens
}

// Decode returns the one document of a file of at most maxBytes, which must be a mapping, as plain values. A file
// without a document is an empty mapping.
func Decode(data []byte, maxBytes int) (map[string]any, error) {
	root, err := Parse(data, maxBytes)
	if root == nil || err != nil {
		return map[string]any{}, err
	}
	switch root.(type) {
	case *ast.NullNode, *ast.CommentGroupNode:
		return map[string]any{}, nil
	case *ast.MappingNode, *ast.MappingValueNode:
	default:
		return nil, ErrorAt(root.GetToken(), "the file is a mapping of keys to values")
	}
	values := map[string]any{}
	if err := yaml.NodeToValue(root, &values); err != nil {
		var located yaml.Error
		if errors.As(err, &located) {
			return nil, ErrorAt(located.GetToken(), "%s", located.GetMessage())
		}
		return nil, err
	}
	return values, nil
}
