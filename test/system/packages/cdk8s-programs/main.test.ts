import { Testing } from "cdk8s";
import { simulate } from "gatewright/testing";
import { AcmeChart } from "./main";

describe("acme", () => {
  const manifests = Testing.synth(new AcmeChart(Testing.app(), "acme"));

  test("has a class, a gateway and a route", () => {
    expect(manifests.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
      "Gateway",
      "GatewayClass",
      "HTTPRoute",
    ]);
  });

  test("splits the store's traffic", () => {
    const answer = simulate(manifests).get("http://acme.io/store/cart", { gateway: "edge/acme-external" });
    expect(answer.backends).toEqual({ "store/acme-store:8080": 0.9, "store/acme-store-canary:8080": 0.1 });
  });
});
