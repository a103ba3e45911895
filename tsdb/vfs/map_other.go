//go:build !linux

package vfs

// evict leaves it to the kernel.
func evict([]byte) error { return nil }
