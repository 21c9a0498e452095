import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { InfrastructureProvider, PersonaAccess, type PersonaAccessProps } from "../../../lib/index.ts";
import { rulesOf } from "../../../lib/infrastructure-provider/access/rules.ts";
import { emit } from "../../../lib/targets/yaml.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";

const gatewayApi = "gateway.networking.k8s.io";
const routes = ["httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"];
const kinds = [
  ...["gatewayclasses", "gateways", "listenersets", ...routes, "referencegrants", "backendtlspolicies"].map(
    (resource) => ({ resource, group: gatewayApi, clusterScoped: resource === "gatewayclasses" }),
  ),
  { resource: "gatewayparameters", group: "gatewright.dev", clusterScoped: false },
  ...["secrets", "services", "pods", "configmaps"].map((resource) => ({ resource, group: "", clusterScoped: false })),
  ...["roles", "rolebindings"].map((resource) => ({
    ...{ resource, group: "rbac.authorization.k8s.io", clusterScoped: false },
  })),
  { resource: "namespaces", group: "", clusterScoped: true },
  { resource: "customresourcedefinitions", group: "apiextensions.k8s.io", clusterScoped: true },
];
const reads = ["get", "list", "watch"];
const verbs = [...reads, "create", "update", "patch", "delete", "deletecollection"];

/** The documented rights of each persona: what it may write in its namespace, and what it may read everywhere. */
const personas: readonly {
  readonly props: PersonaAccessProps;
  readonly home: string;
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}[] = [
  {
    props: {
      persona: "ApplicationDeveloper",
      namespace: "access-store",
      subjects: [{ kind: "Group", name: "carols" }],
    },
    home: "access-store",
    writes: [...routes, "referencegrants", "backendtlspolicies"],
    reads: ["gateways"],
  },
  {
    props: { persona: "ClusterOperator", namespace: "access-edge", subjects: [{ kind: "Group", name: "bobs" }] },
    home: "access-edge",
    writes: ["gateways", "listenersets", "gatewayparameters"],
    reads: ["gatewayclasses"],
  },
];

/** The documentation lists too many rights of this persona to repeat them: it is compared with the rules. */
const provider = {
  home: "access-system",
  props: {
    ...{ persona: "InfrastructureProvider", namespace: "access-system" },
    subjects: [{ kind: "Group", name: "alices" }],
  } satisfies PersonaAccessProps,
};
const teams = [...personas, provider];

describe("PersonaAccess on a real API server", () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await startCluster();
    await installChannel(cluster, "experimental");
    for (const { home } of teams) await cluster.kubectl(["create", "namespace", home]);
    const { declared } = objectsOf((scope) => {
      const alice = new InfrastructureProvider(scope, "platform");
      for (const { props, home } of teams) new PersonaAccess(alice, `${home}-team`, props);
    });
    await cluster.apply(emit(declared));
  });
  after(async () => {
    for (const { home } of teams) {
      await cluster?.kubectl(["delete", "namespace", home, "--wait=false"]);
      for (const kind of ["clusterrole", "clusterrolebinding"])
        await cluster?.kubectl(["delete", kind, `${home}-${home}-team`]);
    }
    if (cluster !== undefined) await installChannel(cluster, "standard");
    await cluster?.stop();
  });

  for (const { props, home, writes, reads: everywhere } of personas) {
    it(`gives ${props.persona} each verb on each kind that the documentation says, and no other`, async () => {
      const [{ name: group = "" } = {}] = props.subjects;
      const isRight = ({ verb, resource, namespace, clusterScoped }: Case) =>
        (writes.includes(resource) && (clusterScoped || namespace === home)) ||
        (everywhere.includes(resource) && reads.includes(verb));
      await agree(group, home, isRight);
    });
  }

  it("gives InfrastructureProvider what the rules of the documentation say, and no other", async () => {
    const { inNamespace, inCluster } = rulesOf("InfrastructureProvider", provider.home);
    await agree("alices", provider.home, ({ verb, resource, apiGroup, namespace }) =>
      [...inCluster, ...(namespace === provider.home ? inNamespace : [])].some(
        (rule) =>
          rule.resourceNames === undefined &&
          [rule.apiGroups.includes(apiGroup), rule.resources.includes(resource), rule.verbs.includes(verb)].every(
            Boolean,
          ),
      ),
    );
  });

  it("lets Carol's team write a route, and nobody's else's, nor a Gateway; nobody writes a status", async () => {
    const asCarol = ["--as=carol", "--as-group=carols"];
    const route = (namespace: string) =>
      cluster.kubectl(["apply", "--server-side", ...asCarol, "-f", "-"], {
        stdin: JSON.stringify({
          ...{ apiVersion: `${gatewayApi}/v1`, kind: "HTTPRoute", metadata: { name: "r", namespace } },
          spec: { parentRefs: [{ name: "g", namespace: "access-edge" }] },
        }),
      });
    await route("access-store");
    await assert.rejects(route("access-edge"), /forbidden/);
    await assert.rejects(cluster.kubectl(["create", "namespace", "x", ...asCarol]), /forbidden/);
    const patch = ["patch", "httproute", "r", "-n", "access-store", "--subresource=status", "--type=merge"];
    await assert.rejects(cluster.kubectl([...patch, "-p", '{"status":{"parents":[]}}', ...asCarol]), /forbidden/);
    await cluster.kubectl(["delete", "httproute", "r", "-n", "access-store", ...asCarol]);
  });

  it("lets Alice's team give rights that the controller has, and no others", async () => {
    const give = (resource: string) =>
      cluster.kubectl(["create", "--as=alice", "--as-group=alices", "-f", "-"], {
        stdin: JSON.stringify({
          ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "access-given" } },
          rules: [{ apiGroups: [gatewayApi], resources: [resource], verbs: ["patch"] }],
        }),
      });
    await assert.rejects(give("httproutes"), /forbidden.*attempting to grant RBAC permissions not currently held/s);
    await give("httproutes/status");
    await cluster.kubectl(["delete", "clusterrole", "access-given"]);
  });

  /**
   * Asserts that every verb on every kind, in the team's namespace and in another one, is allowed exactly if it is
   * right.
   */
  async function agree(group: string, home: string, isRight: (one: Case) => boolean): Promise<void> {
    const cases = kinds.flatMap(({ resource, group: apiGroup, clusterScoped }) =>
      (clusterScoped ? [""] : [home, "access-elsewhere"]).flatMap((namespace) =>
        verbs.map((verb): Case => ({ verb, resource, apiGroup, namespace, clusterScoped })),
      ),
    );
    const allowed = await review(group, cases);
    const wrong = cases.flatMap((one, index) => {
      const { verb, resource, namespace } = one;
      const isWrong = allowed[index] !== isRight(one);
      return isWrong ? [`${verb} ${resource} in ${namespace || "the cluster"}: ${allowed[index]}`] : [];
    });
    assert.deepEqual(wrong, []);
    assert.ok(allowed.filter(Boolean).length >= 10);
  }

  /** Asks the API server's authorizer, as a request of a member of the group would. */
  async function review(group: string, cases: readonly Case[]): Promise<boolean[]> {
    const items = cases.map(({ verb, resource, apiGroup, namespace }) => ({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        ...{ user: "somebody", groups: [group, "system:authenticated"] },
        resourceAttributes: { verb, resource, group: apiGroup, ...(namespace !== "" && { namespace }) },
      },
    }));
    const stdin = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const answer = await cluster.kubectl(["create", "-f", "-", "-o", 'jsonpath={.status.allowed}{"\\n"}'], { stdin });
    const verdicts = answer.trim().split("\n");
    assert.equal(verdicts.length, cases.length);
    return verdicts.map((allowed) => allowed === "true");
  }
});

interface Case {
  readonly verb: string;
  readonly resource: string;
  readonly apiGroup: string;
  readonly namespace: string;
  readonly clusterScoped: boolean;
}
