import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { validate } from "../../../lib/api/index.ts";
import { type GatewayParametersSpec, proxyLimits } from "../../../lib/api/kinds/gateway-parameters.ts";
import { mergeParameters, parametersLength, readParameters } from "../../../lib/api/load/read-parameters.ts";
import { defaultLimits } from "../../../proxy/dataplane/limits/limits.ts";

describe("settings of proxies", () => {
  it("know every limit of the proxy by its name", () => {
    assert.deepEqual([...proxyLimits].sort(), Object.keys(defaultLimits).sort());
  });

  it("are read from YAML and JSON; nothing is nothing", () => {
    assert.deepEqual(readParameters("replicas: 3\nservice: { type: NodePort }\n"), {
      spec: { replicas: 3, service: { type: "NodePort" } },
      findings: [],
    });
    assert.deepEqual(readParameters('{"limits":{"requests":100}}').spec, { limits: { requests: 100 } });
    assert.deepEqual(readParameters("# none yet\n"), { spec: {}, findings: [] });
  });

  const refused: Readonly<Record<string, readonly [text: string, field: string | undefined]>> = {
    "text that is not YAML": ["replicas: [", undefined],
    "two documents": ["replicas: 1\n---\nreplicas: 2\n", undefined],
    "aliases, which make little text into much": ["image: &a x\nservice: { loadBalancerClass: *a }", undefined],
    "a list": ["[]", ""],
    "a field that there is not": ["replica: 3", "replica"],
    "no replica at all": ["replicas: 0", "replicas"],
    "replicas as text": ["replicas: '3'", "replicas"],
    "an image with a blank": ["image: a b", "image"],
    "a quantity that is none": ["resources: { requests: { cpu: much } }", "resources.requests.cpu"],
    "a type of Service that is none": ["service: { type: External }", "service.type"],
    "a limit that the proxy does not have": ["limits: { patience: 1 }", "limits.patience"],
    "a limit below nothing": ["limits: { requests: -1 }", "limits.requests"],
    "a field of requests that is none": ["accessLog: { headers: ['a b'] }", "accessLog.headers[0]"],
    "an action for underscores that there is not": ["headerUnderscores: off", "headerUnderscores"],
    "a share without a status": ["accessLog: { sampling: { share: 0.1 } }", "accessLog.sampling.below"],
  };
  for (const [what, [text, field]] of Object.entries(refused)) {
    it(`do not take ${what}`, () => {
      const { spec, findings } = readParameters(text);
      assert.equal(spec, undefined);
      assert.ok(
        findings.some((finding) => finding.severity === "error" && finding.field === field),
        JSON.stringify(findings),
      );
    });
  }

  it("are refused in little time, however long and strange a tenant's text is", () => {
    const most = 1024 * 1024;
    const hostile = {
      "keys without number": Array.from({ length: 60_000 }, (_, i) => `key${i}: 1`).join("\n"),
      "the same key again and again": "a: 1\n".repeat(most / 5),
      brackets: "[".repeat(most),
      "a long line": "a".repeat(most),
      documents: "---\n".repeat(most / 4),
    };
    for (const [what, text] of Object.entries(hostile)) {
      for (const part of [text, text.slice(0, parametersLength)]) {
        const begun = process.cpuUsage();
        const { spec, findings } = readParameters(part);
        const { user } = process.cpuUsage(begun);
        assert.ok(spec === undefined || Object.keys(spec).length === 0, what);
        assert.ok(spec !== undefined || findings.length > 0, what);
        // Before there was a bound, 20,000 keys took 20 s. The time leaves room for a busy machine.
        assert.ok(user < 2_000_000, `${what}: ${user / 1000} ms for ${part.length} characters`);
      }
    }
  });

  it("are a kind of their own, with the same schema", () => {
    const object = {
      apiVersion: "gatewright.dev/v1alpha1",
      kind: "GatewayParameters",
      metadata: { name: "a", namespace: "b" },
    };
    assert.deepEqual(validate({ ...object, spec: { replicas: 2 } }, { channel: "standard" }).findings, []);
    for (const nothing of [{}, { spec: {} }, { spec: null }, { spec: { service: null } }])
      assert.deepEqual(validate({ ...object, ...nothing }, { channel: "standard" }).object, { ...object, spec: {} });
    const [finding] = validate({ ...object, spec: { replicas: "2" } }, { channel: "standard" }).findings;
    assert.equal(finding?.field, "spec.replicas");
  });

  it("of a Gateway win over those of its class field by field, and a list is one value", () => {
    const ofClass: GatewayParametersSpec = {
      ...{ replicas: 3, service: { type: "NodePort", annotations: { a: "1", b: "1" } } },
      ...{ accessLog: { query: true, headers: ["a", "b"] }, limits: { requests: 1, connections: 1 } },
    };
    const ofGateway = {
      ...{ image: "own", service: { annotations: { b: "2" } } },
      ...{ accessLog: { enabled: false, headers: ["c"] }, limits: { requests: 2 } },
    };
    assert.deepEqual(mergeParameters(ofClass, ofGateway), {
      ...{ replicas: 3, image: "own", service: { type: "NodePort", annotations: { a: "1", b: "2" } } },
      ...{ accessLog: { enabled: false, query: true, headers: ["c"] }, limits: { requests: 2, connections: 1 } },
    });
    assert.deepEqual(mergeParameters(undefined, ofGateway), ofGateway);
    assert.deepEqual(mergeParameters(ofClass, undefined), ofClass);
  });
});
