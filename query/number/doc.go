// Package number writes numbers as people read them: 12.3k, 1.5Ki, 3.0h, 1e+27, with the digits that Java prints.
//
// Read first: Prefix (a symbol for a factor) and Format (how many digits). Legends of expressions and axes of
// pictures use the same prefixes; both agree with Netflix Atlas to the last digit.
package number
