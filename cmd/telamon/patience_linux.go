package main

import (
	"net"
	"syscall"
	"unsafe"
)

// unreadBytes returns what the kernel holds of what was written to a connection and the other side has not acknowledged.
func unreadBytes(c net.Conn) (int, bool) {
	tcp, ok := c.(syscall.Conn)
	if !ok {
		return 0, false
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return 0, false
	}
	var bytes int32
	var failed syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCOUTQ, uintptr(unsafe.Pointer(&bytes)))
	})
	return int(bytes), err == nil && failed == 0
}
