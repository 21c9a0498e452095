import { z } from "zod";
import { type Channel, longest, type Rule, type Violation, withRules } from "../../schema/schema.ts";
import { backendTLSValidation } from "../backend-tls-policy.ts";
import { dnsSubdomain, labelKey, labelValue } from "../fields.ts";
import { secretObjectReference } from "../listener.ts";
import { kindSchema } from "../object.ts";
import { sessionPersistence } from "../route.ts";
import { policyStatus } from "../status.ts";

const code = "GW1257";

interface Backend {
  readonly type: string;
  readonly protocol?: string | undefined;
  readonly externalHostname?: unknown;
  readonly endpointSelector?: unknown;
  readonly sessionPersistence?: unknown;
  readonly tls: { readonly mode: string };
}

const goesWithType = (field: "externalHostname" | "endpointSelector", type: string): Rule<Backend> => ({
  code,
  cel: `self.type == '${type}' ? has(self.${field}) : !has(self.${field})`,
  violations: (self) => {
    if ((self.type === type) === (self[field] !== undefined)) return [];
    return self.type === type
      ? [{ path: [field], message: `A backend of type ${type} needs ${field}.`, fix: `Add ${field}.` }]
      : [
          {
            path: [field],
            message: `${field} goes with the type ${type} only.`,
            given: self.type,
            allowed: type,
            fix: `Set type to ${type}, or remove ${field}.`,
          },
        ];
  },
});

const tlsMode = (message: string, given: string, fix: string): Violation => ({
  path: ["tls", "mode"],
  message,
  given,
  fix,
});

const needsTLS = (protocol: "HTTP2" | "WSS"): Rule<Backend> => ({
  code,
  cel: `!has(self.protocol) || self.protocol != '${protocol}' || (has(self.tls) && self.tls.mode != 'None')`,
  violations: ({ protocol: given, tls: { mode } }) =>
    given === protocol && mode === "None"
      ? [
          tlsMode(
            `The protocol ${protocol} needs TLS.`,
            mode,
            "Set tls.mode to ServerOnly, or choose another protocol.",
          ),
        ]
      : [],
});

const backendRules: readonly Rule<Backend>[] = [
  goesWithType("externalHostname", "ExternalHostname"),
  goesWithType("endpointSelector", "EndpointSelector"),
  {
    code,
    cel: "!has(self.protocol) || self.protocol != 'H2C' || !has(self.tls) || self.tls.mode == 'None'",
    violations: ({ protocol, tls: { mode } }) =>
      protocol === "H2C" && mode !== "None"
        ? [tlsMode("The protocol H2C is HTTP/2 without TLS.", mode, "Use the protocol HTTP2, or leave tls out.")]
        : [],
  },
  needsTLS("HTTP2"),
  needsTLS("WSS"),
  {
    code,
    cel: "has(self.sessionPersistence) ? self.type == 'EndpointSelector' : true",
    violations: (self) =>
      self.sessionPersistence !== undefined && self.type !== "EndpointSelector"
        ? [
            {
              path: ["sessionPersistence"],
              message: "Session persistence needs a backend of type EndpointSelector.",
              given: self.type,
              fix: "Remove sessionPersistence.",
            },
          ]
        : [],
  },
];

interface TLS {
  readonly mode: string;
  readonly clientCertificateRef?: unknown;
  readonly validation?: unknown;
}

const tlsRules: readonly Rule<TLS>[] = [
  {
    code,
    cel: "self.mode == 'ClientAndServer' ? has(self.clientCertificateRef) : !has(self.clientCertificateRef)",
    violations: ({ mode, clientCertificateRef }) =>
      (mode === "ClientAndServer") === (clientCertificateRef !== undefined)
        ? []
        : [
            {
              path: ["clientCertificateRef"],
              message: "clientCertificateRef goes with the mode ClientAndServer, and has to be there.",
              given: mode,
              fix: "Add it for ClientAndServer, remove it for other modes.",
            },
          ],
  },
  {
    code,
    cel: "self.mode == 'None' ? !has(self.validation) : has(self.validation)",
    violations: ({ mode, validation }) =>
      (mode === "None") === (validation === undefined)
        ? []
        : [
            {
              path: ["validation"],
              message: "validation goes with every mode but None, and has to be there.",
              given: mode,
              fix: "Add it for ServerOnly and ClientAndServer, remove it for None.",
            },
          ],
  },
];

const notInCluster: Rule<string> = {
  code,
  cel: "!self.endsWith('.cluster.local')",
  violations: (self) =>
    self.endsWith(".cluster.local")
      ? [{ message: "An external host name is outside the cluster.", fix: "Refer to the Service instead." }]
      : [],
};

const labelKeys: Rule<Readonly<Record<string, string>>> = {
  code,
  cel: "self.all(key, !format.qualifiedName().validate(key).hasValue())",
  violations: (self) =>
    Object.keys(self)
      .filter((key) => !labelKey.test(key) || key.lastIndexOf("/") > 253)
      .map((key) => ({ path: [key], message: "This is no key of a label.", given: key, fix: "Correct the key." })),
};

const matchLabels = (channel: Channel) =>
  withRules(
    channel,
    z
      .record(z.string(), labelValue())
      .refine((labels) => Object.keys(labels).length <= 64, { params: { maxProperties: 64 } })
      .refine((labels) => Object.keys(labels).length > 0, { params: { minProperties: 1 } }),
    [labelKeys],
  );

const tls = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      mode: z.enum(["None", "ServerOnly", "ClientAndServer"]),
      clientCertificateRef: secretObjectReference().optional(),
      validation: backendTLSValidation(channel).optional(),
    }),
    tlsRules,
  ).default({ mode: "None" });

export const xBackend = (channel: Channel) =>
  kindSchema(
    "gateway.networking.x-k8s.io/v1alpha1",
    "XBackend",
    withRules(
      channel,
      z.strictObject({
        type: z.enum(["ExternalHostname", "EndpointSelector"]),
        port: z
          .strictObject({ number: z.int32().min(1).max(65_535).optional() })
          .refine((port) => Object.keys(port).length > 0, { params: { minProperties: 1 } }),
        protocol: z.enum(["TCP", "HTTP", "HTTP2", "HTTP11", "H2C", "MCP", "GRPC", "WSS"]).optional(),
        externalHostname: z
          .strictObject({
            hostname: withRules(channel, z.string().min(1).check(longest(253)).regex(dnsSubdomain), [notInCluster]),
          })
          .optional(),
        endpointSelector: z.strictObject({ matchLabels: matchLabels(channel) }).optional(),
        tls: tls(channel),
        sessionPersistence: sessionPersistence(channel).optional(),
      }),
      backendRules,
    ),
    policyStatus(32, {}),
  );

/** A valid XBackend with the defaults of its schema. */
export type XBackend = z.output<ReturnType<typeof xBackend>>;
