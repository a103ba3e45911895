// Package api answers HTTP requests: Atlas's routes, so that its clients work by changing the host name,
// and routes of our own.
//
// Read first: Config, New; then a file per resource: graph.go, tags.go, alerts.go. errors.go is the one table
// from errors to status codes.
//
//	request ─► web/edge ─► guardLength ─► pace ─► edge.Compress ─► readParameters ─► router ─► handler
//
// Every GET route answers HEAD; pages of other origins may change nothing and read nothing unless Config.Origins has them.
//
// Formats and statuses follow recordings of a real Atlas; where an answer has more than Atlas's, the fields
// stand beside Atlas's.
package api
