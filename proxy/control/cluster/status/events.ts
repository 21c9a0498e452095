import { createHash } from "node:crypto";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { limitedMessage } from "../../../../lib/printing/limited.ts";
import type { Condition } from "../../../../lib/routing/attach/condition.ts";
import { isConflict } from "../../../sources/kubernetes/api-error.ts";
import type { ApiServer } from "../../../sources/kubernetes/api-server.ts";
import { microTimeNow } from "../times.ts";

export interface EventsOptions {
  /** The controller's name, such as `gatewright.dev/gateway-controller`. */
  readonly controller: string;
  /** The process of the controller: the name of its pod. */
  readonly instance: string;
  readonly onFailure: (error: Error) => void;
}

/** Maximum length of `note` in bytes (events.k8s.io/v1). */
const longestNote = 1_024;

/**
 * Writes Kubernetes Events about conditions that turned False: `kubectl describe` shows them, and Pulumi shows them
 * while it waits for an object. Each refusal makes one event, however often it is seen.
 */
export class Events {
  readonly #server: ApiServer;
  readonly #options: EventsOptions;

  constructor(server: ApiServer, options: EventsOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** Writes an event. Never rejects: a lost event has no consequences. */
  async refused(object: AnyObject, { type, reason, message }: Condition): Promise<void> {
    const { apiVersion, kind } = object;
    const { name, namespace, uid = "" } = object.metadata;
    const home = namespace ?? "default";
    const note = limitedMessage(message, longestNote);
    const id = createHash("sha256").update([uid, type, reason, note].join("\n")).digest("hex").slice(0, 16);
    const event = {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      // Equal events have equal names, so that the API server refuses a second one. The object's name is shortened: it
      // may fill all of the 253 characters.
      metadata: { name: `${name.slice(0, 236).replace(/[^a-z0-9]+$/, "")}.${id}`, namespace: home },
      eventTime: microTimeNow(),
      reportingController: this.#options.controller,
      reportingInstance: this.#options.instance.slice(0, 128),
      action: `Evaluate${type}`,
      reason,
      note,
      type: "Warning",
      regarding: { apiVersion, kind, name, uid, ...(namespace === undefined ? {} : { namespace }) },
    };
    const path = `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(home)}/events`;
    try {
      await this.#server.json({ method: "POST", path, kind: "Event", body: event });
    } catch (error) {
      if (!isConflict(error)) this.#options.onFailure(error as Error);
    }
  }
}
