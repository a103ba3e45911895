// Package edge stands between the network and the routes: it decides who is answered, whatever is asked for, and how
// answers travel. It knows no route.
//
// Read first: Hosts, the names under which a server answers; Origins, the pages that may use it.
//
//	request ─► AnswerHead ─► ForbidSniffing ─► GuardPath ─► Hosts.Guard ─► Origins.Guard ─► … ─► Compress ─► routes
//
// A web page may send requests to every server that its reader can reach, and a name may be pointed at any address. So
// a request for a name that is not the server's is 421, and one that a page of another origin sends to change
// something is 403, before anything of it is read. What is refused here is an error document as of every other route.
package edge
