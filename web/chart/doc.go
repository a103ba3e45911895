// Package chart makes a graph out of the result of a query: which line goes on which axis, in which
// order and colour, under which name.
//
// Read first: Settings (what the request asks for), Graph (what is to be shown), Define (the way from one
// to the other).
//
//	query.Result ─► Define ─► Graph ─► Plot (one per axis in use) ─► Line
//	                  ▲
//	              Settings: from the request      style words: from the expressions
//
// A Graph is data: the JSON formats print it as it is.
package chart
