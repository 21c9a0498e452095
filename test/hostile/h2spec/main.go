// Package main is h2spec's own command, called through its library. The module's cmd/h2spec has the same few lines, but
// a Go program in another module can import only packages, not commands.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/summerwind/h2spec"
	"github.com/summerwind/h2spec/config"
)

func main() {
	host := flag.String("h", "127.0.0.1", "host to test")
	port := flag.Int("p", 0, "port to test; required")
	timeout := flag.Duration("o", 2*time.Second, "how long a case waits for the server")
	report := flag.String("j", "", "file for a JUnit report")
	strict := flag.Bool("S", false, "cases that are strict as well")
	tls := flag.Bool("t", false, "connect over TLS")
	insecure := flag.Bool("k", false, "accept any certificate")
	flag.Parse()
	success, err := h2spec.Run(&config.Config{
		Host: *host, Port: *port, Path: "/", Timeout: *timeout, MaxHeaderLen: 4000,
		JUnitReport: *report, Strict: *strict, TLS: *tls, Insecure: *insecure, Sections: flag.Args(),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if !success {
		os.Exit(1)
	}
}
