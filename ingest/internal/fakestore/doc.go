// Package fakestore is a database for tests of ingest: it keeps what it is given, as it is given.
package fakestore
