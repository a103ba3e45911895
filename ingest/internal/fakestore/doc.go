// Package fakestore is a database for tests of ingest: it keeps what it is given, as it is given. It has no
// files and no limits, so that a test sees what ingest does and not what the database makes of it.
package fakestore
