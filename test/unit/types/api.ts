/**
 * Asserts that the interfaces for authors of a spec and the schemas that validate it agree. `tsc` compiles this file
 * with the rest; it never runs. A field that only one side has is an error in the line of its kind.
 */
import type { z } from "zod";
import type { BackendTLSPolicySpec, backendTLSPolicy } from "../../../lib/api/kinds/backend-tls-policy.ts";
import type { GatewaySpec, gateway } from "../../../lib/api/kinds/gateway.ts";
import type { GatewayClassSpec, gatewayClass } from "../../../lib/api/kinds/gateway-class.ts";
import type { GatewayParametersSpec, gatewayParametersSpec } from "../../../lib/api/kinds/gateway-parameters.ts";
import type { GRPCRouteSpec, grpcRoute } from "../../../lib/api/kinds/grpc-route.ts";
import type { HTTPRouteSpec, httpRoute } from "../../../lib/api/kinds/http-route.ts";
import type { ListenerSetSpec, listenerSet } from "../../../lib/api/kinds/listener-set.ts";
import type { ReferenceGrantSpec, referenceGrant } from "../../../lib/api/kinds/reference-grant.ts";
import type { TCPRouteSpec, tcpRoute } from "../../../lib/api/kinds/tcp-route.ts";
import type { TLSRouteSpec, tlsRoute } from "../../../lib/api/kinds/tls-route.ts";
import type { UDPRouteSpec, udpRoute } from "../../../lib/api/kinds/udp-route.ts";

/** The input type of the spec in the schema of a kind. */
type Input<Schema extends (...channel: never[]) => z.ZodType> =
  z.input<ReturnType<Schema>> extends { spec: infer Spec } ? Spec : never;

/** Removes names of interfaces and `readonly`, recursively. */
type Plain<T> = T extends (...parameters: never[]) => unknown
  ? T
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { -readonly [Field in keyof T]: Plain<T[Field]> }
      : T;

/** Mutual assignability would not detect an optional field that one side lacks. */
type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

const same = <_ extends true>(): void => {};

same<Same<GatewayClassSpec, Input<typeof gatewayClass>>>();
same<Same<GatewaySpec, Input<typeof gateway>>>();
same<Same<GatewayParametersSpec, z.input<ReturnType<typeof gatewayParametersSpec>>>>();
same<Same<ListenerSetSpec, Input<typeof listenerSet>>>();
same<Same<HTTPRouteSpec, Input<typeof httpRoute>>>();
same<Same<GRPCRouteSpec, Input<typeof grpcRoute>>>();
same<Same<TLSRouteSpec, Input<typeof tlsRoute>>>();
same<Same<TCPRouteSpec, Input<typeof tcpRoute>>>();
same<Same<UDPRouteSpec, Input<typeof udpRoute>>>();
same<Same<ReferenceGrantSpec, Input<typeof referenceGrant>>>();
same<Same<BackendTLSPolicySpec, Input<typeof backendTLSPolicy>>>();

/** The comparison detects an additional field, a missing field, another type, and a difference in `?`. */
interface Sample {
  readonly name: string;
  readonly refs?: readonly { readonly port?: number }[];
}

same<Same<Sample, { name: string; refs?: { port?: number }[] }>>();
// @ts-expect-error: a nested field is on one side only
same<Same<Sample, { name: string; refs?: { port?: number; weight?: number }[] }>>();
// @ts-expect-error: a field is missing
same<Same<Sample, { name: string }>>();
// @ts-expect-error: another type
same<Same<Sample, { name: string; refs?: { port?: string }[] }>>();
// @ts-expect-error: an optional field that the other side requires
same<Same<Sample, { name: string; refs?: { port: number }[] }>>();
