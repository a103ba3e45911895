// Package notify carries events out of the program, one file per channel. It makes single attempts: what
// to send, in which order, and when to try again is the business of query/alert.
//
// Read first: Webhook.
//
// Napkin: an attempt is one request of about 1 kB on a connection that stays open.
package notify
