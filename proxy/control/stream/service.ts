import type { ServiceDefinition } from "@grpc/grpc-js";
import type { FromProxy, ToProxy } from "./messages.ts";
import { readFromProxy, readToProxy } from "./read-messages.ts";

/** `gatewright.v1.Configuration/Stream`: a bidirectional stream of JSON messages, since the content is JSON already. */
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
 * The maximum size of a message to the controller. A client sends its first message before it is authenticated, so the
 * size is small.
 */
export const largestFromProxy = 256 * 1024;

/** The maximum size of a message to a proxy. A single part may exceed the size at which messages are divided. */
export const largestMessage = 32 * 1024 * 1024;

function toJson<T>(message: T): Buffer {
  return Buffer.from(JSON.stringify(message));
}
