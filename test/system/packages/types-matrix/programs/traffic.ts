import { check, type Finding, file, type SimulatedAnswer, simulate } from "gatewright/testing";
import acme from "./acme/acme.js";

const answer: SimulatedAnswer = simulate(acme).get("http://acme.io/store/cart", { gateway: "edge/acme-external" });
export const share: number | undefined = answer.backends["store/acme-store:8080"];

const findings: readonly Finding[] = check([acme, "kind: Namespace", file("shared.yaml")], { strict: true });
export const errors: readonly Finding[] = findings.filter(({ severity }) => severity === "error");
