import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Controller } from "../../../proxy/control/cluster/controller.ts";

/** What the controller tells of itself. */
export class ControllerMetrics {
  readonly #registry = new Registry();

  constructor(controller: Controller) {
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
