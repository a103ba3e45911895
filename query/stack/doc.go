// Package stack is the machine of the query language: it splits a program into tokens and runs them
// against one stack, with words that other packages supply. It knows no series.
//
// Read first: Word, Machine, Error.
//
// A program is tokens between commas, comments out, evaluated left to right:
//
//	name,cpu,:eq   (,app,)   :by
//	│    │   │     │         └ word: takes its operands from the stack, leaves its results there
//	│    │   │     └ list: its tokens are kept as they are, nothing runs
//	│    │   └ word
//	└────┴ strings
//
// Napkin: a dashboard expression has 10-40 tokens of 5 bytes; splitting, matching and building cost
// a few hundred nanoseconds per token, so parsing stays below 20 µs and is never worth a cache of its own.
package stack
