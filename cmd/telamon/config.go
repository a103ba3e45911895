package main

import (
	"errors"

	"github.com/telamon-tsdb/telamon/query/yamlfile"
)

// maxConfigBytes bounds the configuration file.
const maxConfigBytes = 1 << 20

// A configFile is the name of the configuration file, which it reads for koanf as rules files are read.
type configFile string

// ReadBytes implements koanf.Provider.
func (f configFile) ReadBytes() ([]byte, error) { return yamlfile.Read(string(f), maxConfigBytes) }

// Read implements koanf.Provider for those that need no parser.
func (configFile) Read() (map[string]any, error) { return nil, errors.New("it is read as bytes") }

// Unmarshal implements koanf.Parser.
func (configFile) Unmarshal(data []byte) (map[string]any, error) {
	return yamlfile.Decode(data, maxConfigBytes)
}

// Marshal implements koanf.Parser. Nobody writes settings.
func (configFile) Marshal(map[string]any) ([]byte, error) {
	return nil, errors.New("settings are only read")
}
