// Package pattern is the regular expression dialect of the query language (:re and :reic).
package pattern
