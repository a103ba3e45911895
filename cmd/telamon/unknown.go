package main

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/telamon-tsdb/telamon/query/stack"
)

// settingNames returns what may be set, in order.
func settingNames(flags *pflag.FlagSet) (names []string) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			names = append(names, f.Name)
		}
	})
	slices.Sort(names)
	return names
}

// nearestName returns the name that was probably meant: by the slips of a hand, or else the one with which most letters are
// shared at the beginning and the end, for people shorten names. "_" is as good as "-".
func nearestName(name string, names []string) (nearest string) {
	if nearest = stack.NearestOf(name, slices.Values(names)); nearest != "" {
		return nearest
	}
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	most := -1
	for _, one := range names {
		if shared := commonEnds(name, one); shared > most {
			nearest, most = one, shared
		}
	}
	return nearest
}

// commonEnds returns how many bytes two texts have in common at the beginning and at the end.
func commonEnds(a, b string) (n int) {
	shorter := min(len(a), len(b))
	for n < shorter && a[n] == b[n] {
		n++
	}
	for i := 1; n < shorter && a[len(a)-i] == b[len(b)-i]; i++ {
		n++
	}
	return n
}

// unknownKeys refuses keys of a configuration file that are no settings.
func unknownKeys(keys []string, flags *pflag.FlagSet) error {
	known := slices.DeleteFunc(settingNames(flags), func(name string) bool { return name == "config" })
	var unknown []string
	for _, key := range keys {
		if !slices.Contains(known, key) {
			unknown = append(unknown, fmt.Sprintf("unknown key %q (the nearest is %s)", key, nearestName(key, known)))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	slices.Sort(unknown)
	return fmt.Errorf("%s; known are %s", strings.Join(unknown, ", "), strings.Join(known, ", "))
}

// explainFlag adds the nearest flag to the error about one that there is not.
func explainFlag(cmd *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) || len(missing.GetSpecifiedName()) < 2 {
		return err
	}
	return fmt.Errorf("%w (the nearest is --%s; %q lists all)", err,
		nearestName(missing.GetSpecifiedName(), settingNames(cmd.Flags())), cmd.CommandPath()+" --help")
}

// fromPlatform matches the variables that a container platform sets for the services of a namespace, without the prefix
// that ours have, too: TELAMON_SERVICE_HOST, TELAMON_PORT_7101_TCP_ADDR, TELAMON_WEB_PORT for services named telamon and
// telamon-web.
var fromPlatform = regexp.MustCompile(`^(?:[A-Z0-9_]*_)?(?:SERVICE_(?:HOST|PORT)(?:_[A-Z0-9_]+)?|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$`)

// isFromPlatform reports whether a variable is one of these. TELAMON_PORT alone may be a slip; its value tells.
func isFromPlatform(name, value string) bool {
	if name == "PORT" || strings.HasSuffix(name, "_PORT") {
		return strings.Contains(value, "://") || strings.HasSuffix(name, "_SERVICE_PORT") || name == "SERVICE_PORT" || fromPlatform.MatchString(name)
	}
	return fromPlatform.MatchString(name)
}

// strangers are variables of the environment that begin as ours do, but for the case of letters, and match no setting.
type strangers struct {
	mistakes []string // each with the nearest setting
	platform []string
}

// findStrangers looks through the environment. Empty variables are left out: who empties one unsets it.
func findStrangers(environ []string, flags *pflag.FlagSet) (s strangers) {
	names := settingNames(flags)
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if len(name) < len(envPrefix) || !strings.EqualFold(name[:len(envPrefix)], envPrefix) || value == "" {
			continue
		}
		rest := name[len(envPrefix):]
		if strings.HasPrefix(name, envPrefix) && slices.Contains(names, settingOf(rest)) {
			continue
		}
		if isFromPlatform(rest, value) {
			s.platform = append(s.platform, name)
			continue
		}
		nearest := strings.ReplaceAll(strings.ToUpper(nearestName(rest, names)), "-", "_")
		s.mistakes = append(s.mistakes, fmt.Sprintf("%s (the nearest is %s%s)", name, envPrefix, nearest))
	}
	slices.Sort(s.mistakes)
	slices.Sort(s.platform)
	return s
}

// settingOf returns the name of the setting that a variable without its prefix sets, if there is such a setting.
func settingOf(variable string) string {
	return strings.ReplaceAll(strings.ToLower(variable), "_", "-")
}

// warn says in one line which variables have no effect.
func (s strangers) warn(logger *slog.Logger) {
	var attributes []any
	if len(s.mistakes) > 0 {
		attributes = append(attributes, "variables", strings.Join(s.mistakes, ", "))
	}
	if len(s.platform) > 0 {
		attributes = append(attributes, "of_a_container_platform", strings.Join(s.platform, " "))
	}
	if len(attributes) > 0 {
		logger.Warn("these environment variables are no settings and are left alone; \"telamon serve --help\" lists the settings", attributes...)
	}
}
