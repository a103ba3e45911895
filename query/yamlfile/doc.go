// Package yamlfile reads the YAML files that people write for this program: one document each, in any form in which
// YAML 1.2 lets it begin and end.
//
// Read first: Parse, and Error, which tells where a file is wrong.
//
//	bytes ── decode ──► UTF-8, lines that end in \n ── frame ──► the one document ── goccy/go-yaml ──► tree
//
// decode takes UTF-8, UTF-16 and UTF-32, with or without a byte order mark, and the line ends of all systems. frame finds
// directives, document markers and the comments around them. It works line by line, because YAML keeps a line that begins
// with --- or ... out of every text, quoted and block texts too. What it takes away it leaves as empty lines, so that
// a place in the result is a place in the file.
package yamlfile
