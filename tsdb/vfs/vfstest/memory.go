package vfstest

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"

	"github.com/telamon-tsdb/telamon/tsdb/vfs"
)

// Memory is a file system in memory that knows what is durable. Kill and PowerLoss return what the next
// process would find; the Memory itself goes on, so that one run can be cut short at many places.
type Memory struct {
	mu          sync.Mutex // guards all below, the directories and files too
	directories map[string]*memoryDirectory
	locks       map[string]bool
}

// NewMemory returns a file system with an empty root.
func NewMemory() *Memory {
	return &Memory{
		directories: map[string]*memoryDirectory{"/": newMemoryDirectory(), ".": newMemoryDirectory()},
		locks:       map[string]bool{},
	}
}

// memoryDirectory holds the files of a directory as they are and as they were at the last SyncDir, with the
// changes between the two in order.
type memoryDirectory struct {
	files   map[string]*memoryFile
	durable map[string]*memoryFile
	changes []directoryChange
}

// A directoryChange takes away a name, adds one, or does both at once (a rename).
type directoryChange struct {
	gone, added string
	file        *memoryFile
}

func newMemoryDirectory() *memoryDirectory {
	return &memoryDirectory{files: map[string]*memoryFile{}, durable: map[string]*memoryFile{}}
}

func (c directoryChange) apply(files map[string]*memoryFile) {
	if c.gone != "" {
		delete(files, c.gone)
	}
	if c.added != "" {
		files[c.added] = c.file
	}
}

func (d *memoryDirectory) change(c directoryChange) {
	c.apply(d.files)
	d.changes = append(d.changes, c)
}

// Kill returns the file system as it is after the process was killed: all that was written is there, and what
// was not synced is still not durable. Locks are given up.
func (m *Memory) Kill() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	twins := map[*memoryFile]*memoryFile{nil: nil}
	twin := func(f *memoryFile) *memoryFile {
		if _, ok := twins[f]; !ok {
			twins[f] = f.clone()
		}
		return twins[f]
	}
	c := NewMemory()
	for name, d := range m.directories {
		t := newMemoryDirectory()
		for name, f := range d.files {
			t.files[name] = twin(f)
		}
		for name, f := range d.durable {
			t.durable[name] = twin(f)
		}
		for _, change := range d.changes {
			change.file = twin(change.file)
			t.changes = append(t.changes, change)
		}
		c.directories[name] = t
	}
	return c
}

// PowerLoss returns the file system as it is after the power went: what was synced, and of the rest what
// random keeps (see the package's table). A nil random keeps nothing.
func (m *Memory) PowerLoss(random *rand.Rand) *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := NewMemory()
	// In order, so that the same random makes the same choices.
	for _, name := range slices.Sorted(maps.Keys(m.directories)) {
		left := m.directories[name].afterPowerLoss(random)
		d := newMemoryDirectory()
		for _, name := range slices.Sorted(maps.Keys(left)) {
			content := slices.Clone(left[name].afterPowerLoss(random))
			d.files[name] = &memoryFile{data: content, durable: content}
		}
		d.durable = maps.Clone(d.files)
		c.directories[name] = d
	}
	return c
}

func (d *memoryDirectory) afterPowerLoss(random *rand.Rand) map[string]*memoryFile {
	files := maps.Clone(d.durable)
	if random != nil {
		for _, c := range d.changes[:random.IntN(len(d.changes)+1)] {
			c.apply(files)
		}
	}
	return files
}

func (m *Memory) Create(name string) (vfs.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, base, err := m.directoryOf("create", name)
	if err != nil {
		return nil, err
	}
	if dir.files[base] != nil || m.directories[filepath.Clean(name)] != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
	}
	f := &memoryFile{}
	dir.change(directoryChange{added: base, file: f})
	return &memoryHandle{memory: m, file: f, name: name, writable: true}, nil
}

func (m *Memory) Link(oldName, newName string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	from, oldBase, err := m.directoryOf("link", oldName)
	if err != nil {
		return err
	}
	to, newBase, err := m.directoryOf("link", newName)
	if err != nil {
		return err
	}
	f := from.files[oldBase]
	if f == nil {
		return &fs.PathError{Op: "link", Path: oldName, Err: fs.ErrNotExist}
	}
	if to.files[newBase] != nil || m.directories[filepath.Clean(newName)] != nil {
		return &fs.PathError{Op: "link", Path: newName, Err: fs.ErrExist}
	}
	to.change(directoryChange{added: newBase, file: f})
	return nil
}

func (m *Memory) Open(name string) (vfs.File, error) { return m.open(name, false) }

func (m *Memory) OpenAppend(name string) (vfs.File, error) { return m.open(name, true) }

func (m *Memory) open(name string, writable bool) (vfs.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.file("open", name)
	if err != nil {
		return nil, err
	}
	return &memoryHandle{memory: m, file: f, name: name, writable: writable}, nil
}

// Map hands out the bytes that the file holds now; later writes do not show.
func (m *Memory) Map(name string) (*vfs.Mapping, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.file("map", name)
	if err != nil {
		return nil, err
	}
	return &vfs.Mapping{Data: f.data[:len(f.data):len(f.data)]}, nil
}

func (m *Memory) Size(name string) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.file("stat", name)
	if err != nil {
		return 0, err
	}
	return int64(len(f.data)), nil
}

func (m *Memory) Rename(oldName, newName string) error {
	if err := vfs.CheckSameDirectory(oldName, newName); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f, err := m.file("rename", oldName)
	if err != nil {
		return err
	}
	dir, base, err := m.directoryOf("rename", oldName)
	if err != nil {
		return err
	}
	dir.change(directoryChange{gone: base, added: filepath.Base(newName), file: f})
	return nil
}

func (m *Memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, err := m.file("remove", name); err != nil {
		return err
	}
	dir, base, err := m.directoryOf("remove", name)
	if err != nil {
		return err
	}
	dir.change(directoryChange{gone: base})
	return nil
}

func (m *Memory) List(dir string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.directories[filepath.Clean(dir)]
	if d == nil {
		return nil, &fs.PathError{Op: "list", Path: dir, Err: fs.ErrNotExist}
	}
	names := slices.Collect(maps.Keys(d.files))
	for other := range m.directories {
		if filepath.Dir(other) == filepath.Clean(dir) && other != filepath.Clean(dir) && other != "." {
			names = append(names, filepath.Base(other))
		}
	}
	slices.Sort(names)
	return names, nil
}

func (m *Memory) MkdirAll(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for dir = filepath.Clean(dir); m.directories[dir] == nil; dir = filepath.Dir(dir) {
		if parent := m.directories[filepath.Dir(dir)]; parent != nil && parent.files[filepath.Base(dir)] != nil {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrExist}
		}
		m.directories[dir] = newMemoryDirectory()
	}
	return nil
}

func (m *Memory) SyncDir(dir string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.directories[filepath.Clean(dir)]
	if d == nil {
		return &fs.PathError{Op: "sync", Path: dir, Err: fs.ErrNotExist}
	}
	d.durable, d.changes = maps.Clone(d.files), nil
	return nil
}

func (m *Memory) Lock(name string) (vfs.Lock, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir, base, err := m.directoryOf("lock", name)
	if err != nil {
		return nil, err
	}
	name = filepath.Clean(name)
	if m.locks[name] {
		return nil, fmt.Errorf("lock %s: %w", name, vfs.ErrLocked)
	}
	if dir.files[base] == nil {
		dir.change(directoryChange{added: base, file: &memoryFile{}})
	}
	m.locks[name] = true
	return memoryLock{memory: m, name: name, file: dir.files[base]}, nil
}

type memoryLock struct {
	memory *Memory
	name   string
	file   *memoryFile
}

func (l memoryLock) Held() error {
	l.memory.mu.Lock()
	defer l.memory.mu.Unlock()
	dir, base, err := l.memory.directoryOf("lock", l.name)
	if err != nil || dir.files[base] != l.file {
		return fmt.Errorf("lock %s: %w", l.name, vfs.ErrLockLost)
	}
	return nil
}

func (l memoryLock) Close() error {
	l.memory.mu.Lock()
	defer l.memory.mu.Unlock()
	delete(l.memory.locks, l.name)
	return nil
}

// directoryOf returns the directory of a file, which must exist, and the file's name in it.
func (m *Memory) directoryOf(op, name string) (*memoryDirectory, string, error) {
	dir, base := filepath.Split(filepath.Clean(name))
	if d := m.directories[filepath.Clean(dir)]; d != nil {
		return d, base, nil
	}
	return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

func (m *Memory) file(op, name string) (*memoryFile, error) {
	dir, base, err := m.directoryOf(op, name)
	if err != nil {
		return nil, err
	}
	if f := dir.files[base]; f != nil {
		return f, nil
	}
	return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}
