import type { ServiceDefinition } from "@grpc/grpc-js";
import type { FromProxy, ToProxy } from "./messages.ts";
import { readFromProxy, readToProxy } from "./read-messages.ts";

/** `gatewright.v1.Configuration/Stream`: a stream each way, of JSON, since what it carries is JSON. */
export const configurationService = {
  stream: {
    path: "/gatewright.v1.Configuration/Stream",
    requestStream: true,
    responseStream: true,
    requestSerialize: toJson<FromProxy>,
    requestDeserialize: readFromProxy,
    responseSerialize: toJson<ToProxy>,
    responseDeserialize: readToProxy,
  },
} as const satisfies ServiceDefinition;

/**
 * The largest message that the controller takes. Whoever connects may send one before it is authenticated, so that it
 * is small.
 */
export const largestFromProxy = 256 * 1024;

/** The largest message that a proxy takes: one part may be larger than what a message is filled up to. */
export const largestMessage = 32 * 1024 * 1024;

function toJson<T>(message: T): Buffer {
  return Buffer.from(JSON.stringify(message));
}
