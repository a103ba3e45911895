package main

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// writePatience is how long a client may take nothing at all of what is sent to it; then it counts as gone. An answer holds
// memory until it is read, and a client that stands still would hold it for ever.
const writePatience = 30 * time.Second

// A patientListener accepts connections that cut off such clients.
type patientListener struct{ net.Listener }

func (l patientListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &patientConn{Conn: c, patience: writePatience, unread: unreadBytes}, nil
}

// A patientConn gives each Write as long as it takes while the client goes on reading. A deadline for the whole would not do: at
// a kilobyte a second the kernel's buffer, which holds megabytes, says for many minutes that there is no room.
type patientConn struct {
	net.Conn
	patience time.Duration
	// unread returns how much the kernel has that the client has not; false where nobody knows.
	unread func(net.Conn) (int, bool)
	ended  atomic.Bool // a deadline in the past was set: who writes is to stop
}

// Write implements net.Conn.
func (c *patientConn) Write(b []byte) (written int, err error) {
	for {
		before, _ := c.unread(c.Conn)
		if !c.ended.Load() {
			_ = c.Conn.SetWriteDeadline(time.Now().Add(c.patience))
		}
		n, err := c.Conn.Write(b[written:])
		written += n
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || c.ended.Load() {
			return written, err
		}
		left, known := c.unread(c.Conn)
		if taken := before + n - left; n == 0 && (!known || taken <= 0) {
			return written, err
		}
	}
}

// SetWriteDeadline ends a Write at once where t has passed; later deadlines are the connection's own affair.
func (c *patientConn) SetWriteDeadline(t time.Time) error {
	if t.IsZero() || t.After(time.Now()) {
		return nil
	}
	c.ended.Store(true)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline is SetReadDeadline and SetWriteDeadline.
func (c *patientConn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}
