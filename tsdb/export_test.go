package tsdb

// WithoutCache switches the cache of closed steps off: what is then answered is read.
func (db *DB) WithoutCache() { db.cache = nil }
