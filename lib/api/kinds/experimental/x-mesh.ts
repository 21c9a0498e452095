import { z } from "zod";
import { type Channel, immutable, longest, withRules } from "../../schema/schema.ts";
import { domainPrefixed } from "../fields.ts";
import { parametersReference } from "../gateway-class.ts";
import { kindSchema } from "../object.ts";
import { classStatus } from "../status.ts";

export const xMesh = (channel: Channel) =>
  kindSchema(
    "gateway.networking.x-k8s.io/v1alpha1",
    "XMesh",
    z.strictObject({
      controllerName: withRules(channel, z.string().min(1).check(longest(253)).regex(domainPrefixed), [
        immutable("GW1248"),
      ]),
      parametersRef: parametersReference().optional(),
      description: z.string().check(longest(64)).optional(),
    }),
    classStatus(),
  );

/** A valid XMesh. */
export type XMesh = z.output<ReturnType<typeof xMesh>>;
