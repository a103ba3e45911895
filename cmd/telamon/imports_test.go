package main

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/telamon-tsdb/telamon/"

// mayImport is who may import whom inside the module: per tree the packages, or trees ending in "...".
// The standard library is open to all, other modules to all but the trees in standardOnly. Data moves
// from ingest over tsdb and query to web; imports point the other way.
var mayImport = map[string][]string{
	"tsdb/turn":          {},
	"tsdb/tag/pattern":   {"tsdb/turn"},
	"tsdb/normalize":     {},
	"tsdb/gorilla":       {"tsdb/vector"},
	"tsdb/vfs":           {},
	"tsdb/grid":          {},
	"tsdb/vector":        {},
	"tsdb/vfs/vfstest":   {"tsdb/vfs"},
	"tsdb/offheap":       {},
	"query/stack":        {},
	"query/yamlfile":     {},
	"query/real":         {},
	"tsdb/tag":           {"tsdb/tag/pattern"},
	"tsdb/index":         {"tsdb/tag", "tsdb/tag/pattern", "tsdb/turn"},
	"tsdb/memseries":     {"tsdb/index", "tsdb/normalize", "tsdb/tag"},
	"tsdb/wal":           {"tsdb/vfs"},
	"tsdb/blockfile":     {"tsdb/tag", "tsdb/tag/pattern", "tsdb/turn", "tsdb/vfs"},
	"tsdb/datadir":       {"tsdb/blockfile", "tsdb/vfs", "tsdb/wal"},
	"tsdb":               {"tsdb/datadir", "tsdb/grid", "tsdb/memseries", "tsdb/vector", "tsdb/tag", "tsdb/normalize", "tsdb/gorilla", "tsdb/index", "tsdb/wal", "tsdb/blockfile", "tsdb/offheap", "tsdb/vfs", "tsdb/turn"},
	"tsdb/tsdbtest":      {"tsdb", "tsdb/tag", "tsdb/wal", "tsdb/vfs/vfstest"},
	"ingest/...":         {"ingest/...", "tsdb", "tsdb/tag"},
	"query/number":       {},
	"query/expr":         {"query/stack", "query/real", "tsdb", "tsdb/tag", "tsdb/tag/pattern"},
	"query/expr/inspect": {"query/expr", "query/stack", "tsdb/tag"},
	"query/eval":         {"query/stack", "query/expr", "query/real", "tsdb", "tsdb/grid", "tsdb/tag", "tsdb/turn"},
	"query/stream":       {"tsdb/wal"},
	"query":              {"query/stack", "query/number", "query/expr", "query/eval", "tsdb", "tsdb/tag", "tsdb/tag/pattern", "tsdb/turn"},
	"query/alert":        {"query", "query/eval", "query/expr", "query/stream", "query/yamlfile", "tsdb", "tsdb/tag", "tsdb/wal"},
	"query/alert/notify": {},
	"web/sockets":        {},
	"web/ui":             {},
	"web/chart/draw":     {},
	"web/chart/ticks":    {"query/number", "tsdb/grid"},
	"web/chart":          {"web/chart/...", "query", "query/number", "query/eval", "query/expr", "query/stack"},
	"web/edge":           {},
	"web/api":            {"web/chart/...", "web/edge", "query", "query/alert", "query/number", "query/eval", "query/expr/...", "query/stack", "tsdb", "tsdb/tag", "tsdb/tag/pattern", "tsdb/turn"},
	"cmd/...":            {"..."},
}

// standardOnly are the trees that import no other module.
var standardOnly = []string{"tsdb/turn", "tsdb/tag", "tsdb/tag/pattern", "tsdb/normalize", "tsdb/gorilla", "tsdb/grid", "tsdb/vector", "tsdb/vfs", "tsdb/vfs/vfstest", "tsdb/offheap", "tsdb/blockfile", "tsdb/datadir", "query/stack", "query/real", "query/number"}

// testKits are the packages for tests, each with those that may import it besides tests.
var testKits = map[string][]string{"tsdb/tsdbtest": {}, "tsdb/vfs/vfstest": {"tsdb/tsdbtest"}}

type goPackage struct {
	Dir, ImportPath, Name string
	GoFiles               []string
	Imports               []string
	TestImports           []string
	XTestImports          []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestImports holds the table above against the code. Tests may import tsdb/tsdbtest besides.
func TestImports(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		tree, ok := treeOf(name)
		if !ok {
			t.Errorf("%s is in no tree of the import table", name)
			continue
		}
		for _, imported := range p.Imports {
			own, inside := strings.CutPrefix(imported, module)
			switch {
			case inside && !matchesAny(mayImport[tree], own):
				t.Errorf("%s imports %s", name, own)
			case !inside && strings.Contains(imported, ".") && slices.Contains(standardOnly, tree):
				t.Errorf("%s imports %s; it is for the standard library only", name, imported)
			}
			if slices.Contains(testKits[own], name) || testKits[own] == nil {
				continue
			}
			t.Errorf("%s imports %s, which is for tests", name, own)
		}
	}
}

// TestImportsAreUsed wants of every permission of the table that somebody needs it, and of every tree that it is there.
func TestImportsAreUsed(t *testing.T) {
	used := map[string][]string{} // by tree, what its packages import
	for _, p := range listPackages(t) {
		tree, ok := treeOf(strings.TrimPrefix(p.ImportPath, module))
		if !ok {
			continue // TestImports says so
		}
		used[tree] = append(used[tree], "") // it has a package
		for _, imported := range p.Imports {
			if own, inside := strings.CutPrefix(imported, module); inside {
				used[tree] = append(used[tree], own)
			}
		}
	}
	for tree, permissions := range mayImport {
		if len(used[tree]) == 0 {
			t.Errorf("the import table has %s, which is not there", tree)
		}
		for _, permission := range permissions {
			if !slices.ContainsFunc(used[tree], func(own string) bool { return own != "" && matches(permission, own) }) {
				t.Errorf("the import table lets %s import %s, which it does not", tree, permission)
			}
		}
	}
}

// treeOf returns the most specific entry of the table that covers a package.
func treeOf(name string) (tree string, ok bool) {
	for pattern := range mayImport {
		if matches(pattern, name) && len(pattern) > len(tree) {
			tree, ok = pattern, true
		}
	}
	return tree, ok
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

func matches(pattern, name string) bool {
	if tree, isTree := strings.CutSuffix(pattern, "..."); isTree {
		return strings.HasPrefix(name+"/", tree)
	}
	return pattern == name
}

// TestPackageDocs wants a package comment everywhere, in one file, that starts with the name of the package and has
// more than a line.
func TestPackageDocs(t *testing.T) {
	for _, p := range listPackages(t) {
		var comments []string
		for _, file := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if text := f.Doc.Text(); text != "" {
				comments = append(comments, text)
			}
		}
		if len(comments) != 1 {
			t.Errorf("%s has %d package comments, want one", p.ImportPath, len(comments))
			continue
		}
		begin := "Package " + path.Base(p.ImportPath) + " "
		if p.Name == "main" {
			begin = "Command " + path.Base(p.ImportPath) + " "
		}
		if !strings.HasPrefix(comments[0], begin) {
			t.Errorf("the comment of %s does not begin with %q", p.ImportPath, begin)
		}
		if strings.Count(strings.TrimSpace(comments[0]), "\n") == 0 {
			t.Errorf("the comment of %s is a single line", p.ImportPath)
		}
	}
}

var markdownLink = regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)

// TestReadmeLinks follows every relative link of every README and FORMAT file.
func TestReadmeLinks(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git"):
			return filepath.SkipDir
		case path.Ext(name) != ".md":
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, link := range markdownLink.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), link[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, link[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
