package main

import (
	"context"
	"errors"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	structuraldefaulting "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/crdserverscheme"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
)

// defaultNamespace is where kubectl sends an object without a namespace.
const defaultNamespace = "default"

// judge returns the reasons to refuse a request, none if the server would store the object.
func (s server) judge(object []byte, old *string) []problem {
	decoded, kind, problems := s.decode(object)
	if len(problems) > 0 {
		return problems
	}
	if old == nil {
		return kind.create(decoded)
	}
	stored, _, problems := s.decode([]byte(*old))
	if len(problems) > 0 {
		return append([]problem{{Stage: "old", Message: "the object in the cluster is not valid"}}, problems...)
	}
	return kind.update(decoded, stored)
}

// creator makes the empty object that the decoder fills.
type creator struct{}

func (creator) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	made := &unstructured.Unstructured{}
	made.SetGroupVersionKind(kind)
	return made, nil
}

var decoder = json.NewSerializerWithOptions(
	json.DefaultMetaFactory, creator{}, crdserverscheme.NewUnstructuredObjectTyper(), json.SerializerOptions{Strict: true},
)

// decode does what the server does before it validates: it decodes strictly, finds unknown fields, drops nulls and fills
// in defaults. Its steps are those of schemaCoercingDecoder, which the server's package does not export.
func (s server) decode(object []byte) (*unstructured.Unstructured, *resource, []problem) {
	var strict []problem
	made, gvk, err := decoder.Decode(object, nil, nil)
	if err != nil {
		strictErr, isStrict := runtime.AsStrictDecodingError(err)
		if !isStrict || made == nil {
			return nil, nil, []problem{{Stage: "decode", Message: err.Error()}}
		}
		for _, each := range strictErr.Errors() {
			strict = append(strict, problem{Stage: "decode", Message: each.Error()})
		}
	}
	version, served := s[*gvk]
	if !served {
		return nil, nil, []problem{{Stage: "served", Message: "no matches for kind " + gvk.String()}}
	}
	kind, err := version()
	if err != nil {
		return nil, nil, []problem{{Stage: "schema", Message: err.Error()}}
	}
	decoded, isUnstructured := made.(*unstructured.Unstructured)
	if !isUnstructured {
		return nil, nil, []problem{{Stage: "decode", Message: "the decoder made no object"}}
	}
	unknown, err := kind.coerce(decoded)
	if err != nil {
		return nil, nil, []problem{{Stage: "decode", Message: err.Error()}}
	}
	for _, field := range unknown {
		strict = append(strict, problem{Stage: "decode", Field: field, Message: "unknown field"})
	}
	structuraldefaulting.Default(decoded.UnstructuredContent(), kind.structural)
	return decoded, kind, strict
}

func (r *resource) coerce(decoded *unstructured.Unstructured) ([]string, error) {
	kind, apiVersion := decoded.GetKind(), decoded.GetAPIVersion()
	metadata, found, unknown, err := objectmeta.GetObjectMetaWithOptions(
		decoded.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true},
	)
	if err != nil {
		return nil, err
	}
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	unknown = append(unknown, pruning.PruneWithOptions(decoded.Object, r.structural, true, options)...)
	structuraldefaulting.PruneNonNullableNullsWithoutDefaults(decoded.Object, r.structural)
	coerceErr, paths := objectmeta.CoerceWithOptions(
		nil, decoded.Object, r.structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true},
	)
	if coerceErr != nil {
		return nil, coerceErr
	}
	decoded.SetKind(kind)
	decoded.SetAPIVersion(apiVersion)
	if found {
		if err := objectmeta.SetObjectMeta(decoded.Object, metadata); err != nil {
			return nil, err
		}
	}
	return append(unknown, paths...), nil
}

func (r *resource) contextFor(object metav1.Object) context.Context {
	namespace := ""
	if r.strategy.NamespaceScoped() {
		if namespace = object.GetNamespace(); namespace == "" {
			namespace = defaultNamespace
		}
	}
	return request.WithNamespace(context.Background(), namespace)
}

// create is Create of the server's generic store up to the point where the object would be written.
func (r *resource) create(object *unstructured.Unstructured) []problem {
	ctx := r.contextFor(object)
	rest.FillObjectMetaSystemFields(object)
	// The field manager of the server replaces what the request says.
	object.SetManagedFields(nil)
	if object.GetGenerateName() != "" && object.GetName() == "" {
		object.SetName(r.strategy.GenerateName(object.GetGenerateName()))
	}
	return problemsOf(rest.BeforeCreate(r.strategy, ctx, object))
}

// update is Update of the server's generic store up to the point where the object would be written. The fields of
// metadata that the server owns are those of the old object, as in the patch that kubectl apply sends.
func (r *resource) update(object, old *unstructured.Unstructured) []problem {
	rest.FillObjectMetaSystemFields(old)
	old.SetUID(types.UID("5e3b1ad2-7a5b-4b43-8dd4-4f4f6d8b7d35"))
	old.SetResourceVersion("1")
	old.SetGeneration(1)
	old.SetManagedFields(nil)
	object.SetManagedFields(nil)
	object.SetResourceVersion(old.GetResourceVersion())
	object.SetUID(old.GetUID())
	return problemsOf(rest.BeforeUpdate(r.strategy, r.contextFor(object), object, old))
}

func problemsOf(err error) []problem {
	if err == nil {
		return []problem{}
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil || len(status.Status().Details.Causes) == 0 {
		return []problem{{Stage: "validate", Message: err.Error()}}
	}
	problems := []problem{}
	for _, cause := range status.Status().Details.Causes {
		problems = append(problems, problem{Stage: "validate", Field: cause.Field, Message: cause.Message})
	}
	return problems
}
