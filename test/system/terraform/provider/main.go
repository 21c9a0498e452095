// A stand-in for the provider hashicorp/kubernetes, for tests that run the terraform command without a cluster. It has
// the documented schema of kubernetes_manifest, refuses what that provider refuses without a cluster, and plans every
// object as it is given. It applies nothing.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const address = "hashicorp/kubernetes"

func main() {
	server := func() tfprotov5.ProviderServer { return &provider{} }
	if err := tf5server.Serve(address, server); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func attribute(name string, kind tftypes.Type) *tfprotov5.SchemaAttribute {
	return &tfprotov5.SchemaAttribute{Name: name, Type: kind, Optional: true}
}

func block(name string, attributes []*tfprotov5.SchemaAttribute, blocks ...*tfprotov5.SchemaNestedBlock) *tfprotov5.SchemaNestedBlock {
	return &tfprotov5.SchemaNestedBlock{
		TypeName: name,
		Nesting:  tfprotov5.SchemaNestedBlockNestingModeList,
		Block:    &tfprotov5.SchemaBlock{Attributes: attributes, BlockTypes: blocks},
	}
}

func atMostOne(nested *tfprotov5.SchemaNestedBlock) *tfprotov5.SchemaNestedBlock {
	nested.MaxItems = 1
	return nested
}

var manifestSchema = &tfprotov5.Schema{
	Version: 1,
	Block: &tfprotov5.SchemaBlock{
		Attributes: []*tfprotov5.SchemaAttribute{
			{Name: "manifest", Type: tftypes.DynamicPseudoType, Required: true},
			{Name: "object", Type: tftypes.DynamicPseudoType, Optional: true, Computed: true},
			attribute("computed_fields", tftypes.List{ElementType: tftypes.String}),
		},
		BlockTypes: []*tfprotov5.SchemaNestedBlock{
			atMostOne(block("timeouts", []*tfprotov5.SchemaAttribute{
				attribute("create", tftypes.String), attribute("update", tftypes.String), attribute("delete", tftypes.String),
			})),
			atMostOne(block("field_manager", []*tfprotov5.SchemaAttribute{
				attribute("name", tftypes.String), attribute("force_conflicts", tftypes.Bool),
			})),
			atMostOne(block("wait", []*tfprotov5.SchemaAttribute{
				attribute("rollout", tftypes.Bool), attribute("fields", tftypes.Map{ElementType: tftypes.String}),
			}, block("condition", []*tfprotov5.SchemaAttribute{
				attribute("type", tftypes.String), attribute("status", tftypes.String),
			}))),
		},
	},
}

type provider struct{ tfprotov5.ProviderServer }

func (*provider) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	return &tfprotov5.GetMetadataResponse{Resources: []tfprotov5.ResourceMetadata{{TypeName: "kubernetes_manifest"}}}, nil
}

func (*provider) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return &tfprotov5.GetProviderSchemaResponse{
		Provider: &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{Attributes: []*tfprotov5.SchemaAttribute{
			attribute("config_path", tftypes.String), attribute("config_context", tftypes.String),
		}}},
		ResourceSchemas: map[string]*tfprotov5.Schema{"kubernetes_manifest": manifestSchema},
	}, nil
}

func (*provider) GetResourceIdentitySchemas(context.Context, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (*provider) PrepareProviderConfig(_ context.Context, request *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (*provider) ConfigureProvider(context.Context, *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (*provider) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (*provider) ValidateResourceTypeConfig(_ context.Context, request *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	members, err := membersOf(request.Config)
	if err != nil {
		return nil, err
	}
	response := &tfprotov5.ValidateResourceTypeConfigResponse{}
	refuse := func(format string, values ...any) {
		response.Diagnostics = append(response.Diagnostics, &tfprotov5.Diagnostic{
			Severity: tfprotov5.DiagnosticSeverityError, Summary: fmt.Sprintf(format, values...),
		})
	}
	var manifest map[string]tftypes.Value
	if err := members["manifest"].As(&manifest); err != nil {
		refuse("the manifest is no object: %s", err)
	}
	for _, key := range []string{"apiVersion", "kind", "metadata"} {
		if _, present := manifest[key]; !present {
			refuse("'%s' attribute key is missing from manifest configuration", key)
		}
	}
	if set := waiters(members["wait"]); len(set) > 1 {
		refuse("only one of these may be set in wait: %s", strings.Join(set, ", "))
	}
	return response, nil
}

func waiters(wait tftypes.Value) []string {
	var blocks []tftypes.Value
	if wait.As(&blocks) != nil || len(blocks) == 0 {
		return nil
	}
	var members map[string]tftypes.Value
	if blocks[0].As(&members) != nil {
		return nil
	}
	var set []string
	for name, value := range members {
		var conditions []tftypes.Value
		if value.IsNull() || (name == "condition" && value.As(&conditions) == nil && len(conditions) == 0) {
			continue
		}
		set = append(set, name)
	}
	return set
}

func (*provider) UpgradeResourceState(_ context.Context, request *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	return nil, fmt.Errorf("%s: the stand-in keeps no state", request.TypeName)
}

func (*provider) ReadResource(_ context.Context, request *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: request.CurrentState}, nil
}

func (*provider) PlanResourceChange(_ context.Context, request *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	members, err := membersOf(request.ProposedNewState)
	if err != nil {
		return nil, err
	}
	members["object"] = tftypes.NewValue(tftypes.DynamicPseudoType, tftypes.UnknownValue)
	kind := manifestSchema.ValueType()
	planned, err := tfprotov5.NewDynamicValue(kind, tftypes.NewValue(kind, members))
	if err != nil {
		return nil, err
	}
	return &tfprotov5.PlanResourceChangeResponse{PlannedState: &planned}, nil
}

func (*provider) ApplyResourceChange(context.Context, *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	return nil, fmt.Errorf("the stand-in applies nothing")
}

func membersOf(encoded *tfprotov5.DynamicValue) (map[string]tftypes.Value, error) {
	value, err := encoded.Unmarshal(manifestSchema.ValueType())
	if err != nil {
		return nil, err
	}
	members := map[string]tftypes.Value{}
	return members, value.As(&members)
}
