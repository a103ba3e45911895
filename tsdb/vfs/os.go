package vfs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// OS is the machine's file system.
type OS struct{}

// Permissions of what we make: metrics may name customers, so others have no access.
const (
	filePermissions      = 0o640
	directoryPermissions = 0o750
)

func (OS) Create(name string) (File, error) {
	return openOS(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND)
}

func (OS) Open(name string) (File, error) { return openOS(name, os.O_RDONLY) }

func (OS) OpenAppend(name string) (File, error) { return openOS(name, os.O_RDWR|os.O_APPEND) }

// openOS keeps a nil *os.File out of the interface. os.File has File's methods; O_APPEND makes Write append.
func openOS(name string, flags int) (File, error) {
	f, err := os.OpenFile(name, flags, filePermissions)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// osFile is an os.File opened with O_APPEND, or for reading only.
type osFile struct{ *os.File }

func (OS) Size(name string) (int64, error) {
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (OS) Rename(oldName, newName string) error {
	if err := CheckSameDirectory(oldName, newName); err != nil {
		return err
	}
	return os.Rename(oldName, newName)
}

func (OS) Remove(name string) error { return os.Remove(name) }

func (OS) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names, nil
}

func (OS) Link(oldName, newName string) error { return os.Link(oldName, newName) }

// MkdirAll syncs the parent of each directory that it makes.
func (o OS) MkdirAll(dir string) error {
	err := os.Mkdir(dir, directoryPermissions)
	parent := filepath.Dir(dir)
	if errors.Is(err, fs.ErrNotExist) && parent != dir {
		if err := o.MkdirAll(parent); err != nil {
			return err
		}
		err = os.Mkdir(dir, directoryPermissions)
	}
	if errors.Is(err, fs.ErrExist) {
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			return fmt.Errorf("mkdir %s: there is a file of that name: %w", dir, fs.ErrExist)
		}
		return nil
	}
	if err != nil {
		return err
	}
	return o.SyncDir(parent)
}

func (OS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Lock is flock(2), which the kernel gives up with the process. It does not hold between machines that
// share a disk over NFS.
func (OS) Lock(name string) (Lock, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, filePermissions)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = ErrLocked
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return heldLock{name, f}, nil
}

// A heldLock is the file of a lock that is held.
type heldLock struct {
	name string
	file *os.File
}

// Held compares what the name stands for with the file that is open. It takes two calls of stat, some 2 µs.
func (l heldLock) Held() error {
	locked, err := l.file.Stat()
	if err != nil {
		return err
	}
	named, err := os.Stat(l.name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(locked, named) {
		return fmt.Errorf("lock %s: %w", l.name, ErrLockLost)
	}
	return err
}

// Close gives the lock up, also where a process that is being started has a copy of the file for a moment yet.
func (l heldLock) Close() error {
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}

// CheckSameDirectory holds Rename to what one SyncDir can make durable: both names are in one directory.
func CheckSameDirectory(oldName, newName string) error {
	if filepath.Dir(oldName) != filepath.Dir(newName) {
		return fmt.Errorf("rename %s to %s: not in the same directory", oldName, newName)
	}
	return nil
}
