// Package sockets bounds what HTTP connections may take from the server: how many there are, from one address and in
// all, and how long a client may take to send a body.
//
// Read first: Listener, which admits connections, and BoundBodies.
//
// # Who gives way
//
// Each connection takes a descriptor, and a client that sends or reads slowly holds it for long. Where the bound is
// reached, the connection that has kept the server waiting for the longest time is closed, and the new one is
// admitted: one that is idle between requests, that has not sent its header or its body, or that does not read its
// answer. A connection for which the server works is never closed. So publishing and health checks, which keep the
// server waiting for milliseconds, find a place beside any number of slow clients.
//
//	new ──► header ──► body ──► handler ──► answer ──► idle ──► header …
//	waits   waits      waits    works       waits*     waits            * while a write blocks
//
// # Napkin
//
// A connection takes 100 bytes here, besides some 10 kB in net/http and the kernel's buffers. Looking for the one to
// close reads all of one address, or all there are: 8192 of them in 0.1 ms (BenchmarkAdmitAtBound), for each connection above the bound.
package sockets
