import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  ApplicationDeveloper,
  ClusterOperator,
  DeclarationError,
  Gateway,
  header,
  pathPrefix,
  service,
} from "gatewright";
import { Canary, type CanaryProps, cookie } from "gatewright/patterns";
import { simulate } from "gatewright/testing";
import { check } from "../../../lib/analysis/check/check.ts";
import type { HTTPRouteSpec } from "../../../lib/api/index.ts";
import { load } from "../../../lib/api/load/load.ts";
import { objectsOf, PlainTree } from "../../../lib/engines/objects.ts";

const stable = service("acme-store", 8080);
const canary = service("acme-store-canary", 8080);

function carol(): ApplicationDeveloper {
  return new ApplicationDeveloper(new PlainTree("acme"), "store", { namespace: "store" });
}

function made(props: Partial<CanaryProps> = {}): Canary {
  return new Canary(carol(), "acme-store", { stable, canary, steps: [0, 5, 25, 100], step: 1, ...props });
}

function rules(props: Partial<CanaryProps> = {}): HTTPRouteSpec["rules"] {
  return (made(props).toSpec() as HTTPRouteSpec).rules;
}

describe("a canary", () => {
  it("is the HTTPRoute itself, by its own id, with all that a route may have", () => {
    const gateway = Gateway.fromName("external", { namespace: "edge" });
    const route = made({ parentRefs: [gateway], hostnames: ["acme.io"], metadata: { labels: { app: "store" } } });
    assert.deepEqual(route.toObject(), {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "acme-store", namespace: "store", labels: { app: "store" } },
      spec: {
        parentRefs: [{ name: "external", namespace: "edge" }],
        hostnames: ["acme.io"],
        rules: [
          {
            backendRefs: [
              { ...stable, weight: 95 },
              { ...canary, weight: 5 },
            ],
          },
        ],
      },
    });
    assert.equal(route.node.path, "acme/store/acme-store");
    assert.equal(route.share, 5);
  });

  it("keeps both backends at both ends, so that a step changes weights and nothing else", () => {
    const weights = [0, 1, 2, 3].map((step) => rules({ step })?.[0]?.backendRefs?.map(({ weight }) => weight));
    assert.deepEqual(weights, [
      [100, 0],
      [95, 5],
      [75, 25],
      [0, 100],
    ]);
  });

  it("counts in hundredths of a percent where a step needs them, at each step alike", () => {
    const weights = [0, 1, 2].map((step) =>
      rules({ steps: [0.25, 1.5, 100], step })?.[0]?.backendRefs?.map(({ weight }) => weight),
    );
    assert.deepEqual(weights, [
      [9975, 25],
      [9850, 150],
      [0, 10_000],
    ]);
  });

  it("moves the rules without backends, and leaves those with backends and redirects", () => {
    const other = { matches: [pathPrefix("/other")], backendRefs: [service("other", 80)] };
    const away = {
      matches: [pathPrefix("/old")],
      filters: [{ type: "RequestRedirect", requestRedirect: {} } as const],
    };
    const timed = { name: "store", matches: [pathPrefix("/store")], timeouts: { request: "2s" } };
    assert.deepEqual(rules({ rules: [other, away, timed] }), [
      other,
      away,
      {
        ...timed,
        backendRefs: [
          { ...stable, weight: 95 },
          { ...canary, weight: 5 },
        ],
      },
    ]);
  });

  it("gives testers the canary, by each match and each way to be one", () => {
    const matches = [pathPrefix("/a"), { ...pathPrefix("/b"), headers: [header("x", "y")] }];
    const testers = [header("serve", "canary"), cookie("serve", "canary")];
    const [first, second] = rules({ rules: [{ name: "store", matches }], testers, step: 0 }) ?? [];
    const [byHeader, byCookie] = testers;
    assert.deepEqual(first, {
      name: "store-testers",
      matches: [
        { ...pathPrefix("/a"), headers: [byHeader] },
        { ...pathPrefix("/a"), headers: [byCookie] },
        { ...pathPrefix("/b"), headers: [header("x", "y"), byHeader] },
        { ...pathPrefix("/b"), headers: [header("x", "y"), byCookie] },
      ],
      backendRefs: [canary],
    });
    assert.deepEqual([second?.name, second?.matches], ["store", matches]);
  });

  it("takes what a backend has besides, such as its own filters and namespace", () => {
    const filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["x"] } } as const];
    const [rule] = rules({ canary: { ...canary, namespace: "canaries", filters } }) ?? [];
    assert.deepEqual(rule?.backendRefs?.[1], { ...canary, namespace: "canaries", filters, weight: 5 });
  });

  it("is bound by its labels, as any route", () => {
    const tree = new PlainTree();
    const bob = new ClusterOperator(tree, "edge", { namespace: "edge" });
    const listeners = [
      { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
    ] as const;
    new Gateway(bob, "external", { gatewayClassName: "lb", listeners }).selectRoutes({ matchLabels: { app: "store" } });
    const store = new ApplicationDeveloper(tree, "store", { namespace: "store" });
    const metadata = { labels: { app: "store" } };
    const route = new Canary(store, "acme-store", { metadata, stable, canary, steps: [10], step: 0 });
    assert.deepEqual((route.toSpec() as HTTPRouteSpec).parentRefs, [{ name: "external", namespace: "edge" }]);
  });

  it("serves in the shares of its steps, whatever they are, and its schema holds", () => {
    const percent = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
    const steps = fc.uniqueArray(percent, { minLength: 1, maxLength: 6 }).map((all) => all.sort((a, b) => a - b));
    fc.assert(
      fc.property(steps, fc.nat(), fc.boolean(), (shares, any, whole) => {
        const rising = whole ? [...new Set(shares.map(Math.round))] : shares;
        const step = any % rising.length;
        const program = objectsOf((scope) => {
          const bob = new ClusterOperator(scope, "edge", { namespace: "store" });
          const gateway = new Gateway(bob, "g", {
            gatewayClassName: "c",
            listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
          });
          const store = new ApplicationDeveloper(scope, "store", { namespace: "store" });
          new Canary(store, "route", { parentRefs: [gateway], stable, canary, steps: rising, step });
        });
        const loaded = load([{ name: "p", ...program }], { channel: "standard" });
        assert.deepEqual(check(loaded, { only: "schema" }), []);
        const { backends } = simulate(program.declared).get("http://acme.io/");
        const share = (rising[step] ?? 0) / 100;
        assert.ok(Math.abs((backends["store/acme-store-canary:8080"] ?? 0) - share) < 1e-9);
        assert.ok(Math.abs((backends["store/acme-store:8080"] ?? 0) - (1 - share)) < 1e-9);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a canary refuses, with its path,", () => {
  const refused: Readonly<Record<string, readonly [props: object, message: RegExp]>> = {
    "a step that is not there": [{ step: 4 }, /no step 4.*0 \(0 %\), 1 \(5 %\), 2 \(25 %\), 3 \(100 %\)/],
    "a step below the first": [{ step: -1 }, /no step -1/],
    "a step between two": [{ step: 0.5 }, /no step 0\.5/],
    "a step that is text": [{ step: "1" }, /no step "1"/],
    "a step that is no number": [{ step: Number.NaN }, /no step null/],
    "no step": [{ step: undefined }, /no step undefined/],
    "no steps": [{ steps: [] }, /list of the canary's shares.*got \[\]/],
    "steps that are no list": [{ steps: "5" }, /list of the canary's shares.*got "5"/],
    "more than all": [{ steps: [0, 101] }, /101 is no share/],
    "less than nothing": [{ steps: [-1, 5] }, /-1 is no share/],
    "a share that is text": [{ steps: [0, "5"] }, /"5" is no share/],
    "more than two decimals": [{ steps: [0.001] }, /0\.001 is no share/],
    "shares that fall": [{ steps: [5, 25, 10] }, /must rise.*10 % follows 25 %/],
    "shares that stay": [{ steps: [5, 5] }, /must rise.*5 % follows 5 %/],
    "testers by a header that the rule asks for": [
      { rules: [{ matches: [{ headers: [header("Serve", "x")] }] }], testers: [header("serve", "canary")] },
      /asks for the header Serve already/,
    ],
  };
  for (const [what, [props, message]] of Object.entries(refused)) {
    it(what, () => {
      assert.throws(
        () => made(props),
        (error) =>
          error instanceof DeclarationError &&
          error.construct === "acme/store/acme-store" &&
          message.test(error.problem),
      );
    });
  }

  it("props that are none, as a route does", () => {
    assert.throws(() => Reflect.construct(Canary, [carol(), "x", undefined]), /needs its spec as third argument/);
  });

  it("another persona's scope, as a route does", () => {
    const bob = new ClusterOperator(new PlainTree(), "edge");
    const props = { stable, canary, steps: [5], step: 0 };
    assert.throws(() => Reflect.construct(Canary, [bob, "x", props]), /belongs to an ApplicationDeveloper scope/);
  });
});

describe("a cookie", () => {
  const matches = (name: string, value: string, field: string) => {
    const { value: expression } = cookie(name, value);
    return new RegExp(`^(?:${expression})$`).test(field);
  };

  it("is found wherever it stands in the field, and only whole", () => {
    for (const field of ["a=b", "x=y; a=b", "a=b; x=y", "x=y; a=b; z=", "x=y;a=b"])
      assert.ok(matches("a", "b", field), field);
    for (const field of ["a=bc", "aa=b", "x=a=b", "x=y a=b", "a=b,c", "A=b", ""])
      assert.ok(!matches("a", "b", field), field);
  });

  it("may have any name and value that cookies have: nothing in them is a pattern", () => {
    const token = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.^_`|~09AZaz"), minLength: 1 });
    const octets = fc.string({ unit: fc.constantFrom(..."!#$&'()*+-./:<=>?@[]^_`{|}~09AZaz") });
    fc.assert(
      fc.property(token, octets, octets, (name, value, other) => {
        assert.ok(matches(name, value, `first=1; ${name}=${value}; last=2`));
        assert.equal(matches(name, value, `${name}=${other}`), value === other);
      }),
    );
  });

  it("with a name or value that cookies cannot have is refused", () => {
    for (const name of ["", "a b", "a;b", "a=b", "é"])
      assert.throws(() => cookie(name, "x"), /cannot be the name of a cookie/);
    for (const value of ["a b", "a;b", 'a"b', "a,b", "a\\b", "é", "\n"])
      assert.throws(() => cookie("x", value), /cannot be the value/);
  });
});
