package vfs

import "syscall"

func evict(data []byte) error { return syscall.Madvise(data, syscall.MADV_DONTNEED) }
