// Package inspect answers questions about a program of the query language without evaluating it: its
// normal form, the queries in it, what could come next, and the states that its execution goes through.
// They are the answers of the expression API; this package knows text and trees, and no HTTP.
//
// Read first: Normalize, Trace, Complete.
//
// Every error is a *stack.Error.
package inspect
