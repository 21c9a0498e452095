import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "../../../lib/api/kinds/kinds.ts";
import { crdVersion } from "../../../lib/api/load/crd-version.ts";
import { ClusterOperator } from "../../../lib/cluster-operator/cluster-operator.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { GatewayApiCrds, type GatewayApiCrdsProps } from "../../../lib/infrastructure-provider/gateway-api-crds.ts";
import { InfrastructureProvider } from "../../../lib/infrastructure-provider/infrastructure-provider.ts";

function installed(props?: GatewayApiCrdsProps) {
  const { declared, findings } = objectsOf((scope) => {
    new GatewayApiCrds(new InfrastructureProvider(scope, "alice"), "crds", props);
  });
  assert.deepEqual(findings, []);
  return declared.map(({ object }) => object);
}

test("every kind of the Gateway API has its CRD, of the channel that is asked for", () => {
  for (const channel of ["standard", "experimental"] as const) {
    const crds = installed({ channel }).filter(({ kind }) => kind === "CustomResourceDefinition");
    const names = crds.map(({ metadata }) => metadata.name);
    for (const { group, plural } of kinds.filter((kind) => kind.group === "gateway.networking.k8s.io")) {
      assert.ok(names.includes(`${plural}.${group}`), `${channel}: ${plural}`);
    }
    for (const { metadata } of crds) {
      assert.equal(metadata.annotations?.["gateway.networking.k8s.io/bundle-version"], crdVersion);
      assert.equal(metadata.annotations?.["gateway.networking.k8s.io/channel"], channel);
    }
  }
  assert.ok(installed({ channel: "experimental" }).length > installed().length);
});

test("the policy for upgrades comes along unless it is not wanted", () => {
  const kindsOf = (props?: GatewayApiCrdsProps) => [...new Set(installed(props).map(({ kind }) => kind))].sort();
  const policy = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
  assert.deepEqual(kindsOf(), ["CustomResourceDefinition", ...policy]);
  assert.deepEqual(kindsOf({ safeUpgrades: false }), ["CustomResourceDefinition"]);
});

test("a version or a channel that there is not is refused, and so is another persona's scope", () => {
  const refused = (make: (alice: InfrastructureProvider) => void) => {
    const { findings } = objectsOf((scope) => make(new InfrastructureProvider(scope, "alice")));
    return findings.map(({ message }) => message).join();
  };
  const of = (props: GatewayApiCrdsProps) => refused((alice) => new GatewayApiCrds(alice, "crds", props));
  assert.match(of({ version: "v1.6.0" }), /version takes v1\.7\.0, but got v1\.6\.0/);
  assert.match(of({ channel: "beta" as "standard" }), /channel takes standard or experimental, but got beta/);
  assert.match(
    refused((alice) => {
      new GatewayApiCrds(new ClusterOperator(alice, "bob") as unknown as InfrastructureProvider, "crds");
    }),
    /GatewayApiCrds belongs to an InfrastructureProvider scope/,
  );
});
