package main

import (
	"errors"

	"github.com/telamon-tsdb/telamon/query/yamlfile"
)

// maxConfigBytes bounds the configuration file.
const maxConfigBytes = 1 << 20

// A configFile reads the configuration file for koanf, as rules files are read.
type configFile struct{}

// Unmarshal implements koanf.Parser.
func (configFile) Unmarshal(data []byte) (map[string]any, error) {
	return yamlfile.Decode(data, maxConfigBytes)
}

// Marshal implements koanf.Parser. Nobody writes settings.
func (configFile) Marshal(map[string]any) ([]byte, error) {
	return nil, errors.New("settings are only read")
}
