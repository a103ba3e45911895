package sockets

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds say how many connections there may be at a time.
type Bounds struct {
	// All bounds the connections in all, and PerAddress those from one IPv4 address or one IPv6 network of 64 bits,
	// which is what one customer gets. A proxy counts as one address.
	All, PerAddress int
}

// Stats are counts of a Listener.
type Stats struct {
	Open    int    // connections at present
	GaveWay uint64 // connections closed to admit others
	Refused uint64 // connections closed at once, because no other one kept the server waiting
}

// A Listener admits connections within its Bounds. Its Track and Context belong into the http.Server that serves it.
type Listener struct {
	net.Listener
	bounds Bounds

	mu        sync.Mutex // guards what follows
	open      map[*connection]struct{}
	byAddress map[netip.Prefix]int
	stats     Stats
}

// Listen returns a listener that admits the connections of inner within bounds, both more than 0.
func Listen(inner net.Listener, bounds Bounds) *Listener {
	if bounds.All < 1 || bounds.PerAddress < 1 {
		panic("sockets: Listen wants bounds above 0")
	}
	return &Listener{
		Listener: inner, bounds: bounds,
		open: make(map[*connection]struct{}), byAddress: make(map[netip.Prefix]int),
	}
}

// Accept returns the next connection that is within the bounds.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		inner, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &connection{Conn: inner, listener: l, network: networkOf(inner.RemoteAddr())}
		c.waitForClient()
		if l.admit(c) {
			return c, nil
		}
		inner.Close()
	}
}

// Stats returns the counts so far.
func (l *Listener) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.Open = len(l.open)
	return s
}

// admit enters c. Where a bound is reached it closes another connection, or returns false if there is none that
// keeps the server waiting.
func (l *Listener) admit(c *connection) bool {
	l.mu.Lock()
	var slowest *connection
	switch {
	case l.byAddress[c.network] >= l.bounds.PerAddress:
		slowest = l.slowest(func(other *connection) bool { return other.network == c.network })
	case len(l.open) >= l.bounds.All:
		slowest = l.slowest(func(*connection) bool { return true })
	default:
		l.enter(c)
		l.mu.Unlock()
		return true
	}
	if slowest == nil {
		l.stats.Refused++
		l.mu.Unlock()
		return false
	}
	l.stats.GaveWay++
	l.leave(slowest)
	l.enter(c)
	l.mu.Unlock()
	slowest.Conn.Close()
	return true
}

// slowest returns the connection among those wanted that has kept the server waiting for the longest time; nil if
// none does.
func (l *Listener) slowest(wanted func(*connection) bool) *connection {
	var slowest *connection
	var since int64
	for c := range l.open {
		if t := c.waitingSince.Load(); t != 0 && (slowest == nil || t < since) && wanted(c) {
			slowest, since = c, t
		}
	}
	return slowest
}

func (l *Listener) enter(c *connection) {
	l.open[c] = struct{}{}
	l.byAddress[c.network]++
}

// leave forgets c; it may be called twice.
func (l *Listener) leave(c *connection) {
	if _, ok := l.open[c]; !ok {
		return
	}
	delete(l.open, c)
	if l.byAddress[c.network]--; l.byAddress[c.network] == 0 {
		delete(l.byAddress, c.network)
	}
}

// Track is for http.Server.ConnState.
func (l *Listener) Track(inner net.Conn, state http.ConnState) {
	c, ok := inner.(*connection)
	if !ok {
		return
	}
	switch state {
	case http.StateActive: // the header has come
		c.work()
	case http.StateIdle:
		c.waitForClient()
	}
}

// connectionKey is the key under which Context keeps a connection.
type connectionKey struct{}

// Context is for http.Server.ConnContext, so that BoundBodies knows the connection of a request.
func (l *Listener) Context(ctx context.Context, inner net.Conn) context.Context {
	if c, ok := inner.(*connection); ok {
		return context.WithValue(ctx, connectionKey{}, c)
	}
	return ctx
}

// A connection knows since when the server waits for its client.
type connection struct {
	net.Conn
	listener *Listener
	network  netip.Prefix
	// waitingSince is in nanoseconds since the epoch; 0: the server is at work, the client waits.
	waitingSince atomic.Int64
}

func (c *connection) waitForClient() { c.waitingSince.Store(time.Now().UnixNano()) }
func (c *connection) work()          { c.waitingSince.Store(0) }

// Write waits for the client while the kernel's buffer is full.
func (c *connection) Write(p []byte) (int, error) {
	if c.waitingSince.Load() == 0 {
		c.waitForClient()
		defer c.work()
	}
	return c.Conn.Write(p)
}

// Close closes the connection and makes room for another.
func (c *connection) Close() error {
	c.listener.mu.Lock()
	c.listener.leave(c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// ipv6Network is how many bits of an IPv6 address name a network; the rest is its owner's choice.
const ipv6Network = 64

// networkOf returns whom a remote address stands for. All that are no IP addresses are one.
func networkOf(address net.Addr) netip.Prefix {
	tcp, ok := address.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = ipv6Network
	}
	network, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}
