package atlasjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/telamon-tsdb/telamon/tsdb/tag"
)

// A plainSample is a sample as the plain reader below finds it.
type plainSample struct {
	Tags  string // tag.Tags.String
	Time  int64
	Value string // a float as %v, so that NaN equals NaN
}

// readPlain is the decoder written for the eye, on encoding/json: the oracle. It knows strict JSON only.
func readPlain(body []byte) ([]plainSample, error) {
	r := plainReader{json.NewDecoder(bytes.NewReader(body))}
	r.UseNumber()
	var raw json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&raw); err != nil {
		return nil, err
	}
	if raw[0] != '{' {
		if bytes.IndexByte(raw, '{') >= 0 {
			return nil, errors.New("not an object")
		}
		return nil, nil
	}
	common := map[string]string{}
	var metrics []plainMetric
	err := r.object(func(key string) (err error) {
		switch key {
		case "tags":
			common, err = r.tags()
		case "metrics":
			metrics, err = r.metrics()
		default:
			err = fmt.Errorf("invalid field %s", key)
		}
		return err
	})
	var samples []plainSample
	for _, m := range metrics {
		tags := tag.FromMap(common)
		for k, v := range m.tags {
			tags = append(tags, tag.Tag{Key: k, Value: v})
		}
		samples = append(samples, plainSample{tag.Sort(tags).String(), m.time, fmt.Sprint(m.value)})
	}
	return samples, err
}

type plainMetric struct {
	tags  map[string]string
	time  int64
	value float64
}

type plainReader struct{ *json.Decoder }

func (r plainReader) object(visit func(key string) error) error {
	if open, err := r.Token(); err != nil || open != json.Delim('{') {
		return fmt.Errorf("want an object: %v", err)
	}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return err
		}
		if err := visit(key.(string)); err != nil {
			return err
		}
	}
	_, err := r.Token()
	return err
}

func (r plainReader) tags() (map[string]string, error) {
	tags := map[string]string{}
	err := r.object(func(key string) error {
		value, err := r.Token()
		switch v := value.(type) {
		case json.Delim:
			return errors.New("tag is no scalar")
		case string:
			tags[key] = v
		}
		return err
	})
	return tags, err
}

func (r plainReader) metrics() (metrics []plainMetric, err error) {
	if open, err := r.Token(); err != nil || open != json.Delim('[') {
		return nil, fmt.Errorf("want an array: %v", err)
	}
	for r.More() {
		m := plainMetric{time: -1, value: math.NaN()}
		err := r.object(func(key string) (err error) {
			switch key {
			case "tags":
				m.tags, err = r.tags()
			case "timestamp", "start":
				var n json.Number
				if n, err = r.number(); err == nil {
					m.time, err = strconv.ParseInt(string(n), 10, 64)
				}
			case "value":
				m.value, err = r.value(true)
			case "values":
				m.value, err = r.legacyValues()
			default:
				err = r.Decode(new(json.RawMessage))
			}
			return err
		})
		if err != nil || m.tags == nil {
			return nil, fmt.Errorf("metric %+v: %v", m, err)
		}
		metrics = append(metrics, m)
	}
	_, err = r.Token()
	return metrics, err
}

func (r plainReader) number() (json.Number, error) {
	token, err := r.Token()
	n, ok := token.(json.Number)
	if !ok {
		return "", fmt.Errorf("no number: %v %v", token, err)
	}
	return n, nil
}

func (r plainReader) value(integerToo bool) (float64, error) {
	token, err := r.Token()
	switch v := token.(type) {
	case json.Number:
		if !integerToo && !strings.ContainsAny(string(v), ".eE") {
			return 0, errors.New("integer")
		}
		f, _ := strconv.ParseFloat(string(v), 64)
		return f, nil
	case string:
		f, ok := parseJava([]byte(v))
		if !ok {
			return 0, errors.New("no double")
		}
		return f, nil
	}
	return 0, fmt.Errorf("no value: %v %v", token, err)
}

func (r plainReader) legacyValues() (float64, error) {
	var raw json.RawMessage
	if err := r.Decode(&raw); err != nil {
		return 0, err
	}
	inner := plainReader{json.NewDecoder(bytes.NewReader(raw))}
	inner.UseNumber()
	if raw[0] != '[' {
		return inner.value(false)
	}
	inner.Token()
	return inner.value(true)
}

// read is the decoder under test in the terms of readPlain.
func read(d *Decoder, body []byte) ([]plainSample, error) {
	if err := d.Decode(slices.Clone(body)); err != nil {
		return nil, err
	}
	var samples []plainSample
	for i := range d.Len() {
		s := d.Sample(i)
		samples = append(samples, plainSample{tagText(d, i), s.Time, fmt.Sprint(s.Value)})
	}
	return samples, nil
}

func tagText(d *Decoder, i int) string {
	var tags tag.Tags
	for _, one := range d.Tags(i) {
		tags = append(tags, tag.Tag{Key: string(one.Key), Value: string(one.Value)})
	}
	return tags.String()
}
