// Package pattern is the regular expression dialect of the query language (:re, :reic and the words
// built on them), which is that of Atlas: Java-like, restricted, with corners of its own.
//
// Read first: Pattern, Compile, SyntaxError.
//
// A pattern is compiled in three steps, a file each:
//
//	foo.*(a|ab)c
//	  │ wrap       ^.*(^foo.*(a|ab)c).*$      the caret is glued to the text, not to a group
//	  │ escape.go  \t \x41 \u00e9             become characters, before anything is parsed
//	  │ parse.go   text -> tree of nodes
//	  │ optimise.go, rules.go                 rewrite the tree until it no longer changes
//	  ▼ match.go   walk the tree over a value
//	^foo find("a", alternation(...))
//
// The rewriting is part of the dialect, not only speed. A node either carries what follows it (star,
// optional, find, and an alternation into which its successor was moved) and then tries every way
// that leads to a match, or it does not (repeat, the body of a star, an alternation in front of another
// one) and then keeps the first way it found. So (a|ab)(c|bcd)$ rejects "abc", and which of the two
// applies depends on what the rules made of the pattern.
//
// Nodes are interned: equal subtrees are one node, so copies of a tail cost nothing, a tree is compared
// by its pointer, and a rule visits each distinct subtree once.
//
// Differences from Atlas, on purpose: a character outside the basic plane counts as one, not two; a
// start anchor in the middle never matches there, even where Atlas compares the start of the value
// instead; ".*x$" after other repeats finds its end whatever the offset; and both compiling and
// matching have a budget, so that no pattern is unbounded.
//
// Napkin: a value costs 7 ns (a prefix), 13 ns (".*foo") to 110 ns (BenchmarkMatch), a step of the walk
// about 5 ns; the budget of one match, 65,536 steps, ends in less than a millisecond.
package pattern
