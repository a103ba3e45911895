package main

import (
	"bytes"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// bytesPerSeries is what a series may take of the memory by default: twice what it takes with six hours of
// points in memory.
const bytesPerSeries = 4 << 10

// memoryFiles say how much memory the process may have: the limit of its control group, version 2 and 1.
var memoryFiles = []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}

// memoryLimit returns the memory that the process may have, in bytes: the least of what its control group and the
// machine allow; 0 if neither can be read, as on systems other than Linux.
func memoryLimit(readFile func(string) ([]byte, error)) int64 {
	limit := int64(math.MaxInt64)
	for _, name := range memoryFiles {
		if text, err := readFile(name); err == nil {
			// "max" in version 2 is no number, and no limit.
			if n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64); err == nil && n > 0 {
				limit = min(limit, n)
			}
		}
	}
	if text, err := readFile("/proc/meminfo"); err == nil {
		if fields := strings.Fields(string(text)); len(fields) > 1 && fields[0] == "MemTotal:" {
			if kilobytes, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				limit = min(limit, kilobytes<<10)
			}
		}
	}
	if limit == math.MaxInt64 {
		return 0
	}
	return limit
}

// followMemoryLimit makes the collector work harder before the process is killed for its memory: at nine tenths of the
// limit, because stacks, mapped files and the kernel's buffers count too, less what the store has outside the Go heap, which
// the collector does not see. GOMEMLIMIT, if set, stands.
func followMemoryLimit(outsideBytes int) {
	if limit := memoryLimit(os.ReadFile); limit > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(max(limit/10*9-int64(outsideBytes), limit/10))
	}
}

// Of the memory that the process may have, queries share three eighths, from their evaluation until their answers are read,
// and rules have an eighth beside them. The rest is for the store, and for what is not collected yet. Both are bounded: three
// quarters of a gigabyte are the graphs of hundreds of people at a time, and a large machine has better use for the rest.
func queryBytes() int64 { return min(processBytes()/8*3, 768<<20) }
func ruleBytes() int64  { return min(processBytes()/8, 512<<20) }

// processBytes is the memory that the process may have, GOMEMLIMIT if that is set; 0 if nobody says.
func processBytes() int64 {
	if os.Getenv("GOMEMLIMIT") != "" {
		if limit := debug.SetMemoryLimit(-1); limit < math.MaxInt64 {
			return limit
		}
	}
	return memoryLimit(os.ReadFile)
}

// collectPercent is by how much the Go heap grows before it is collected. Half of what Go does by itself: what is alive in
// it are series, up to half a kilobyte of each. A million of them take a tenth less memory so, and the points of a load
// 5 % more CPU.
const collectPercent = 50

// collectOften sets that. GOGC, if set, stands.
func collectOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectPercent)
	}
}
