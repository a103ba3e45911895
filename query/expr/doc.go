// Package expr holds the expression trees of the query language and the words that build them:
// text in, trees out, and back to exactly the text that Atlas would print. It evaluates nothing.
//
// Read first: Expr, Data, Styled, Parse.
//
//	name,cpu,:eq,(,app,),:by,5,:gt,high,:legend
//
//	Styled  legend=high
//	└ Binary :gt
//	  ├ Data  sum of name=cpu, grouped by app       one read from the store
//	  └ Constant 5
//
// The trees that evaluation meets are few: Data, Constant, Generated, Unary, Binary, Collapse,
// Regroup, Rename, Percentiles, ApproxDistinct, Rewrite, Stateful, Consolidate, Stat, StatOf, Filter,
// Rank. Queries are tag.Predicate. Trees are immutable and may share subtrees.
//
// Napkin: a tree node is 50-150 bytes; a dashboard expression has 5-20 of them.
package expr
