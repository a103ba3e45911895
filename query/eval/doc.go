// Package eval computes expression trees over columns of values. It knows neither text nor HTTP: trees
// come from query/expr, columns from a tsdb.Selector.
//
// Read first: Plan, Run, Line; then Online, the one definition of each stateful word.
//
// A plan is the trees as a list without duplicates, operands before their users:
//
//	name,cpu,:eq,:avg,:dup,5,:gt          0 read  sum of name=cpu      ┐ one Select,
//	                                      1 read  count of name=cpu    ┘ two aggregates
//	                                      2 div 0 1                    ← root: the line
//	                                      3 const 5
//	                                      4 gt 2 3                     ← root: the signal
//
// Running it fills one set of lines per entry. A set that has one user is overwritten by it, so that a
// chain of words over a group costs one column per line; a set with several users is left alone.
// Series never get here, but for :all: the store sends groups.
//
// Napkin: 1,000 lines of 180 points are 1.4 MB; an arithmetic word over two such groups joins 1,000 keys
// (0.2 ms) and adds 180,000 pairs (0.3 ms).
package eval
