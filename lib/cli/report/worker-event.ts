import type { WorkerEvent } from "../../../proxy/control/workers/seat.ts";

/** Describes an event of a worker thread in words, with its error. */
export function workerEventWords(event: WorkerEvent): { readonly text: string; readonly error?: Error } {
  switch (event.type) {
    case "crashed":
      return { text: "a worker thread failed and is being replaced", error: event.why };
    case "hung":
      return { text: `a worker thread has not answered for ${event.seconds} s` };
    case "stuck":
      return { text: "a worker thread cannot be ended" };
    case "replaced":
      return { text: "another worker thread has taken its place" };
    case "rejection":
      return { text: "nothing waited for a promise that failed in a worker thread", error: event.why };
    case "filtersNotLoaded":
      return { text: `a worker thread cannot load filters: ${event.messages.join("; ")}` };
    case "notBound":
      return { text: `a worker thread cannot listen on the Gateway port ${event.port}: ${event.message}` };
  }
}
