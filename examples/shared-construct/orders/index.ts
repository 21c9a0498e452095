import { GatewayComponent } from "gatewright/pulumi";
import orders from "./orders.js";

export const { defined } = new GatewayComponent("orders", { define: orders });
