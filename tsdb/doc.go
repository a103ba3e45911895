// Package tsdb stores samples on a fixed step grid and hands them out aggregated.
//
// Read first: the three interfaces in contract.go (Resolver, Appender, Selector), then Query and
// Column, the question and the answer.
package tsdb
