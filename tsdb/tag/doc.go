// Package tag holds the words that everybody here speaks: the tags that identify a series, the
// series ID made from them, and the predicates that select series by their tags.
//
// Read first: Tags, ID, Predicate.
//
// A tag set has two byte forms. The ID hashes the readable one, "k=v,k=v", because clients and other
// programs compute the same hash; the canonical one is unambiguous, and tables inside use it as a key:
//
//	app=www name=cpu    03 a p p 03 w w w 04 n a m e 03 c p u
//	                    len key  len val  len key    len val
//
// Napkin: a fleet's series has 8-11 tags, 150-250 canonical bytes, and one SHA-1 over them costs
// about 0.3 µs, paid once in the life of a series.
package tag
