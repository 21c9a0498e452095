package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	strictyaml "sigs.k8s.io/yaml"
)

// bufferSize is kubectl's: how far it looks for a brace to tell JSON from YAML.
const bufferSize = 4096

// readFile reads the documents of a file as kubectl does. Reading ends at the first document that kubectl cannot read.
func readFile(text string) answer {
	told := answer{Problems: []problem{}, Objects: []json.RawMessage{}}
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), bufferSize)
	for {
		extension := runtime.RawExtension{}
		err := decoder.Decode(&extension)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			told.Problems = append(told.Problems, problem{Stage: "read", Message: err.Error()})
			return told
		}
		raw := strings.TrimSpace(string(extension.Raw))
		if raw == "" || raw == "null" {
			continue
		}
		told.Objects = append(told.Objects, json.RawMessage(raw))
	}
	// kubectl keeps the last of two values with one key. The server refuses both under strict validation when the YAML
	// reaches it, and a manifest that holds a key twice is a mistake in either case.
	if duplicate := duplicateKey(text); duplicate != nil {
		told.Problems = append(told.Problems, problem{Stage: "read", Message: duplicate.Error()})
	}
	return told
}

func duplicateKey(text string) error {
	if yaml.IsJSONBuffer([]byte(text)) {
		return nil
	}
	reader := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		document, err := reader.Read()
		if err != nil {
			return nil
		}
		if _, err := strictyaml.YAMLToJSONStrict(document); err != nil {
			return err
		}
	}
}
