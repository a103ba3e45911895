// Package listen takes requests from the network and feeds them to the decoders.
//
// Read first: Publish, the handler of Atlas's publish end point.
//
//	request body ─► read ─► undo Content-Encoding ─► undo gzip seen by its magic ─► decode ─► ingest.Pipeline
//	                 8 MiB       8 MiB                    8 MiB                                  200 202 400
//	                 413         413                      413                            413 400 503
//
// The bytes of all bodies that are held at one time are bounded by Config.MaxHeldBytes. A request
// reserves them as its buffers grow and is answered 503 where there are none left, which clients take as
// "try again"; nobody waits while holding some, so that nobody waits for ever. The decoder's tables
// come on top: 0.3 bytes for a byte of an ordinary body, 10 for one made to hurt.
//
// How long a client may take to send its body is up to the HTTP server: a read that fails is answered 400, and
// gives back what it held.
//
// Napkin: a client sends 2,000-10,000 samples in 30-150 KiB of gzip, 0.6-3 MiB of JSON; unzipping takes
// 2-3 ns a byte of JSON, three times what reading it takes.
package listen
