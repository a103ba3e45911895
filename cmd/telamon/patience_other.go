//go:build !linux

package main

import "net"

// unreadBytes is known on Linux only. Elsewhere a client must make room for something in writePatience.
func unreadBytes(net.Conn) (int, bool) { return 0, false }
