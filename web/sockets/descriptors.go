package sockets

import "syscall"

const (
	// maxConnections is the bound where descriptors are plenty: with some 10 kB for each connection, 80 MB.
	maxConnections = 8192
	// filesShare is the part of all descriptors that is left to files, block files and outgoing calls, at least
	// filesLeast of them.
	filesShare = 4
	filesLeast = 32
)

// BoundsOfProcess returns the bounds that leave this process, whose limit of descriptors they follow, enough for
// its files. One address may have half of all connections.
func BoundsOfProcess() Bounds {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		limit.Cur = 1024 // what most systems begin with
	}
	return boundsFor(limit.Cur)
}

func boundsFor(descriptors uint64) Bounds {
	descriptors = min(descriptors, 1<<20)
	all := int(descriptors) - max(int(descriptors)/filesShare, filesLeast)
	all = min(max(all, 8), maxConnections)
	return Bounds{All: all, PerAddress: all / 2}
}
