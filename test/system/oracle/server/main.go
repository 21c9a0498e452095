// Package main returns the verdict of the Kubernetes API server on objects of the Gateway API. It links the API
// server's own packages: decoding, pruning, defaulting, validation of metadata, structural schemas, list types and CEL.
//
// It reads one question per line from standard input and writes one answer per line to standard output, both in JSON.
// The only argument is the directory with the CRDs, with a folder for each channel.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// question asks either about an object or about a manifest file.
type question struct {
	// Channel is the channel of the CRDs that the server has: standard or experimental.
	Channel string `json:"channel"`
	// Object is the object of a request in JSON. It stays text, so that duplicate fields reach the decoder.
	Object *string `json:"object"`
	// Old is the object in the cluster that the request replaces. Absent: the request creates the object.
	Old *string `json:"old"`
	// Text is a manifest file, which is read as kubectl reads it.
	Text *string `json:"text"`
}

// answer is about an object: the reasons to refuse it, none if it is accepted.
type answer struct {
	Problems []problem `json:"problems"`
	// Objects are the objects of a file, as kubectl would send them.
	Objects []json.RawMessage `json:"objects,omitempty"`
}

// problem is one reason to refuse an object.
type problem struct {
	// Stage is the part of the server that refuses: read, decode, served, or validate.
	Stage   string `json:"stage"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: oracle DIRECTORY-OF-CRDS")
	}
	servers := map[string]server{}
	for _, channel := range []string{"standard", "experimental"} {
		loaded, err := loadServer(args[0], channel)
		if err != nil {
			return err
		}
		servers[channel] = loaded
	}
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) > 0 {
			if err := reply(servers, line, output); err != nil {
				return err
			}
		}
		if err != nil {
			return output.Flush()
		}
		if input.Buffered() == 0 {
			if err := output.Flush(); err != nil {
				return err
			}
		}
	}
}

func reply(servers map[string]server, line []byte, output *bufio.Writer) error {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return fmt.Errorf("a question is not JSON: %w", err)
	}
	told, err := answerTo(servers, asked)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(told)
	if err != nil {
		return err
	}
	if _, err := output.Write(encoded); err != nil {
		return err
	}
	return output.WriteByte('\n')
}

func answerTo(servers map[string]server, asked question) (answer, error) {
	if asked.Text != nil {
		return readFile(*asked.Text), nil
	}
	asks, known := servers[asked.Channel]
	if !known || asked.Object == nil {
		return answer{}, fmt.Errorf("a question names a channel and an object, or a text")
	}
	return answer{Problems: asks.judge([]byte(*asked.Object), asked.Old)}, nil
}
