package alert

import (
	"net/url"

	"github.com/goccy/go-yaml/ast"
)

// loadReceivers reads the list of receivers.
func loadReceivers(n ast.Node) ([]Receiver, error) {
	list, err := items(n, "receivers")
	if err != nil {
		return nil, err
	}
	names := nameSet{what: "receiver"}
	receivers := make([]Receiver, 0, len(list))
	for _, item := range list {
		receiver, err := loadReceiver(item, &names)
		if err != nil {
			return nil, err
		}
		receivers = append(receivers, receiver)
	}
	return receivers, nil
}

func loadReceiver(n ast.Node, names *nameSet) (Receiver, error) {
	var r Receiver
	list, err := fields(n, "a receiver", "name", "webhook")
	if err != nil {
		return r, err
	}
	for _, f := range list {
		switch f.key.value {
		case "name":
			r.Name, err = names.take(f.value)
		case "webhook":
			r.Webhook, err = loadWebhook(f.value)
		}
		if err != nil {
			return r, err
		}
	}
	switch {
	case r.Name == "":
		return r, errorAt(n.GetToken(), "a receiver without a name")
	case r.Webhook.URL == "":
		return r, errorAt(n.GetToken(), "receiver %q has no webhook url", r.Name)
	}
	return r, nil
}

func loadWebhook(n ast.Node) (Webhook, error) {
	list, err := fields(n, "a webhook", "url")
	if err != nil || len(list) == 0 {
		return Webhook{}, err
	}
	address, err := scalar(list[0].value, "url")
	if err != nil {
		return Webhook{}, err
	}
	if err := address.plain("the url of a webhook"); err != nil {
		return Webhook{}, err
	}
	u, err := url.Parse(address.value)
	if err != nil {
		return Webhook{}, errorAt(address.place, "%w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return Webhook{}, errorAt(address.place, "the url of a webhook is http://host/path or https://host/path, not %q", address.value)
	}
	return Webhook{URL: address.value}, nil
}
