package edge

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Hosts are names, besides its own loopback names, under which a server answers. The zero value is none.
type Hosts struct {
	any   bool
	names map[string]bool // as hostName and, where a port was given, hostName:port
}

// ParseHosts reads names as they stand in a Host header: a name or an address, with or without a port. One without
// a port stands for every port, and "*" for every name.
func ParseHosts(list []string) (Hosts, error) {
	hosts := Hosts{names: map[string]bool{}}
	for _, entry := range list {
		if entry == "*" {
			hosts.any = true
			continue
		}
		name, port := splitHost(entry)
		if name == "" || strings.ContainsAny(entry, "/*?#@ ") {
			return Hosts{}, fmt.Errorf("%q is no host; write a name or an address, with or without a port, such as metrics.example, or '*'", entry)
		}
		if port != "" {
			name = net.JoinHostPort(name, port)
		}
		hosts.names[name] = true
	}
	return hosts, nil
}

// has reports whether a Host header names one of the hosts.
func (h Hosts) has(host string) bool {
	name, port := splitHost(host)
	return h.any || h.names[name] || h.names[net.JoinHostPort(name, port)]
}

// isSet reports whether there are any.
func (h Hosts) isSet() bool { return h.any || len(h.names) > 0 }

// splitHost splits a Host header. The name is in lower case, without brackets and the dot of a full name; an address
// has its shortest form. The port is "" where there is none.
func splitHost(host string) (name, port string) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), ""
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if address, err := netip.ParseAddr(name); err == nil {
		name = address.Unmap().String()
	}
	return name, port
}

// Guard answers 421 to a request for a foreign host: a page that points a name of its own at this server would share
// our origin otherwise (DNS rebinding). What comes in over a loopback address is for loopback names and h; all else is
// for every name, unless h has some: then it is for those and for addresses, which no page can point elsewhere.
//
// A request that publishes samples and that no page sends is answered under any name, because a sender can only add what it could add anyway.
func (h Hosts) Guard(publishes func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if local, known := r.Context().Value(http.LocalAddrContextKey).(net.Addr); known && !h.serves(local.String(), publishes, r) {
			name, _ := splitHost(r.Host)
			refuse(w, http.StatusMisdirectedRequest, fmt.Sprintf(
				"this server listens on %s and does not answer for %s; if that is its name, as behind a proxy, start it with --allowed-hosts %s",
				local, r.Host, name))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serves reports whether a request that came in at the address local is answered.
func (h Hosts) serves(local string, publishes func(*http.Request) bool, r *http.Request) bool {
	name, _ := splitHost(r.Host)
	switch {
	case name == "", isLoopback(name), h.has(r.Host): // browsers always send a name; probes in HTTP/1.0 send none
		return true
	case publishes(r) && !fromPage(r):
		return true
	case isLoopback(local):
		return false
	}
	_, err := netip.ParseAddr(name)
	return !h.isSet() || err == nil
}

// fromPage reports whether a browser sent a request for a page. Of requests that change something browsers always tell
// the origin.
func fromPage(r *http.Request) bool {
	return r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
}

// isLoopback reports whether a host, with or without port, is this machine by its loopback name.
func isLoopback(host string) bool {
	name, _ := splitHost(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.IsLoopback()
}
