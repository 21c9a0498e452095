import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Controller } from "../../../proxy/control/cluster/controller.ts";
import type { DataPlaneCounts } from "../../../proxy/control/cluster/refused-proxies.ts";

/** The metrics of the controller. */
export class ControllerMetrics {
  readonly #registry = new Registry();

  constructor(controller: Controller, counts: DataPlaneCounts) {
    collectDefaultMetrics({ register: this.#registry });
    this.#value("gatewright_controller_leading", "1 while this process leads", () => (controller.leading ? 1 : 0));
    this.#value(
      "gatewright_controller_compilations_total",
      "Configurations made in this term",
      () => controller.compilations,
    );
    this.#value(
      "gatewright_controller_status_writes_total",
      "Statuses written in this term",
      () => controller.statusWrites,
    );
    this.#value(
      "gatewright_controller_repairs_total",
      "Objects of proxies that others had changed or deleted, and that were applied again",
      () => counts.repaired,
    );
    this.#value(
      "gatewright_controller_stream_refusals_total",
      "Proxies that were not admitted to the stream",
      () => counts.refused,
    );
    this.#value(
      "gatewright_controller_stream_malformed_total",
      "Streams closed for a malformed message",
      () => counts.malformed,
    );
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #value(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }
}
