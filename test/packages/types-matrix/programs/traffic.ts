import { type Answer, simulate } from "gatewright/testing";
import acme from "./acme/acme.js";

const answer: Answer = simulate(acme).get("http://acme.io/store/cart", { gateway: "edge/acme-external" });
export const share: number | undefined = answer.backends["store/acme-store:8080"];
