package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	structuraldefaulting "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/crdserverscheme"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/rest"
	"sigs.k8s.io/yaml"
)

// server holds the resources that an API server with the CRDs of one channel serves. A version is made on first use:
// compiling its rules takes a while.
type server map[schema.GroupVersionKind]func() (*resource, error)

// strategy is the hooks that the server calls before it stores a new or changed object.
type strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

// resource is one version of one kind.
type resource struct {
	kind       schema.GroupVersionKind
	structural *structuralschema.Structural
	strategy   strategy
}

func loadServer(directory, channel string) (server, error) {
	files, err := filepath.Glob(filepath.Join(directory, channel, "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("there are no CRDs in %s", filepath.Join(directory, channel))
	}
	loaded := server{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, document := range strings.Split(string(content), "\n---") {
			definition := &apiextensionsv1.CustomResourceDefinition{}
			if err := yaml.Unmarshal([]byte(document), definition); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if definition.Kind != "CustomResourceDefinition" {
				continue
			}
			loaded.add(definition)
		}
	}
	return loaded, nil
}

// add makes the served versions of a kind as the API server's own handler of custom resources does.
func (s server) add(definition *apiextensionsv1.CustomResourceDefinition) {
	for _, version := range definition.Spec.Versions {
		if !version.Served {
			continue
		}
		kind := schema.GroupVersionKind{
			Group: definition.Spec.Group, Version: version.Name, Kind: definition.Spec.Names.Kind,
		}
		namespaced := definition.Spec.Scope == apiextensionsv1.NamespaceScoped
		s[kind] = sync.OnceValues(func() (*resource, error) { return newResource(kind, version, namespaced) })
	}
}

func newResource(
	kind schema.GroupVersionKind, version apiextensionsv1.CustomResourceDefinitionVersion, namespaced bool,
) (*resource, error) {
	internal := &apiextensions.CustomResourceValidation{}
	convert := apiextensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation
	if err := convert(version.Schema, internal, nil); err != nil {
		return nil, err
	}
	structural, err := structuralschema.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	structural = structural.DeepCopy()
	if err := structuraldefaulting.PruneDefaults(structural); err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	var status *apiextensions.CustomResourceSubresourceStatus
	var statusValidator validation.SchemaValidator
	if version.Subresources != nil && version.Subresources.Status != nil {
		status = &apiextensions.CustomResourceSubresourceStatus{}
		if statusSchema, found := internal.OpenAPIV3Schema.Properties["status"]; found {
			if statusValidator, _, err = validation.NewSchemaValidator(&statusSchema); err != nil {
				return nil, err
			}
		}
	}
	typer := crdserverscheme.NewUnstructuredObjectTyper()
	made := customresource.NewStrategy(
		typer, namespaced, kind, validator, statusValidator, structural, status, nil, version.SelectableFields,
	)
	return &resource{kind: kind, structural: structural, strategy: made}, nil
}
