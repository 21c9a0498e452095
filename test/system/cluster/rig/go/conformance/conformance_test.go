package conformance

import (
	"testing"

	"sigs.k8s.io/gateway-api/conformance"
)

// The suite with the flags that its users give it.
func TestConformance(t *testing.T) {
	conformance.RunConformance(t)
}
