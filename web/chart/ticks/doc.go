// Package ticks decides where the marks of an axis are and what is written at them, and how values become
// pixels.
//
// Read first: Scale (value to pixel), Value (marks of a value axis), Time (marks of a time axis).
//
// Everything here is a function of numbers. Positions and labels are those of Netflix Atlas to the last digit:
// testdata holds tables that Atlas's own library has printed.
package ticks
