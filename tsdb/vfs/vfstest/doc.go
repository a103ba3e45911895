// Package vfstest has the file systems that tests of a store run on.
//
// Read first:
//
//   - Memory is the twin of vfs.OS in memory, with strict sync semantics. What was not synced, bytes of a file
//     as well as the entry of a file in its directory, is lost when the power goes: Kill and PowerLoss return what
//     the next process would find, while the run goes on.
//   - Faulty wraps any file system and lets a test choose which operation fails, and how.
//
// A test of crashes runs once on a Memory and asks it at every operation, which a Faulty over it counts, what
// would be left:
//
//	code under test ──► Faulty ──► Memory ──► PowerLoss(random) ──► is it all there that was promised?
//	                      │
//	                      └ decide(Call): nil, an error, or a look at the Memory at this very moment
//
// Only tests and packages for tests import it. TestAlike holds Memory and Faulty to what vfs.OS does.
package vfstest
