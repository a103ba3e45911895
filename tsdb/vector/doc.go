// Package vector has the loops over slices of values in which a query spends its time: sums, counts, least and
// greatest values.
//
// Read first: AddInto.
//
// NaN means "no value". Where one side has no value the other one stays, and only where both have none is the result
// NaN. With 0.0 and -0.0 the second operand is kept, as Netflix Atlas does; the sum of opposite infinities is NaN.
//
// A function named …Into changes its first slice, which is at least as long as the second one. Nothing is allocated.
package vector
