import { Construct } from "constructs";
import { isLate, lateAsText } from "../api/declared/late.ts";
import type { LabelSelector, Listener, ParentReference } from "../api/index.ts";
import type { ClusterOperator } from "../cluster-operator/cluster-operator.ts";
import { Gateway, type GatewayProps } from "../cluster-operator/gateway.ts";
import { DeclarationError, pathBelow } from "../constructs/declaration-error.ts";

/** `from`: only the old Gateway exists. `both`: both serve the same routes. `to`: only the new one exists. */
export type MigrationStage = "from" | "both" | "to";

/** A Gateway of a migration: its spec and the id of its construct. The id is the default of `metadata.name`. */
export interface MigratedGateway extends GatewayProps {
  readonly id: string;
}

export interface GatewayMigrationProps {
  /** The current Gateway. */
  readonly from: MigratedGateway;
  /** The Gateway that replaces it. It may have another class, other addresses, or other listeners. */
  readonly to: MigratedGateway;
  readonly stage: MigrationStage;
  /** Binds the routes of the tree with these labels to each existing Gateway. Default: none are bound by labels. */
  readonly routes?: LabelSelector;
}

const stages: readonly MigrationStage[] = ["from", "both", "to"];

/**
 * Replaces a Gateway by another one in three stages. The routes are not changed:
 *
 * ```ts
 * new GatewayMigration(this, "new-load-balancer", {
 *   from: { id: "acme-external", gatewayClassName: "external-lb", listeners },
 *   to: { id: "acme-external-v2", gatewayClassName: "external-lb-v2", listeners },
 *   stage: "both",
 *   routes: { matchLabels: { gateway: "acme-external" } },
 * });
 * ```
 *
 * The Gateways are created in the scope of the migration, not below it. They therefore stay the same objects, in the
 * cluster and in an engine's state, before the migration is declared, during it, and after it is removed from the
 * program.
 *
 * Throws a DeclarationError if the stage is unknown, if both Gateways are the same object, or if `to` lacks a listener
 * of `from` with the same name, port, protocol and hostname, because clients and routes would lose it.
 */
export class GatewayMigration extends Construct {
  /** The old Gateway. Undefined once `stage` is `to`. */
  readonly from?: Gateway;
  /** The new Gateway. Undefined while `stage` is `from`. */
  readonly to?: Gateway;

  constructor(scope: ClusterOperator, id: string, props: GatewayMigrationProps) {
    super(scope, id);
    const { from, to, stage, routes } = props;
    requireStage(scope, id, stage);
    requireTwo(scope, id, from, to);
    requireListeners(scope, id, from, to);
    if (stage !== "to") this.from = gatewayIn(scope, from, routes);
    if (stage !== "from") this.to = gatewayIn(scope, to, routes);
  }

  /** The Gateways that exist at this stage, the old one first. */
  get gateways(): readonly Gateway[] {
    return [this.from, this.to].filter((gateway) => gateway !== undefined);
  }

  /** One reference to each Gateway, for routes that are not bound by labels: `parentRefs: migration.parentRefs`. */
  get parentRefs(): readonly ParentReference[] {
    return this.gateways.map(({ parentRef }) => parentRef);
  }
}

function gatewayIn(
  scope: ClusterOperator,
  { id, ...props }: MigratedGateway,
  routes: LabelSelector | undefined,
): Gateway {
  const gateway = new Gateway(scope, id, props);
  if (routes !== undefined) gateway.selectRoutes(routes);
  return gateway;
}

/** JavaScript may pass any value. */
function requireStage(scope: Construct, id: string, stage: MigrationStage): void {
  if (stages.includes(stage)) return;
  const given = JSON.stringify(stage) ?? String(stage);
  throw new DeclarationError(pathBelow(scope, id), `stage is "from", "both" or "to", but got ${given}.`);
}

function requireTwo(scope: Construct, id: string, from: MigratedGateway, to: MigratedGateway): void {
  const [old, other] = [from, to].map((gateway) => gateway?.metadata?.name ?? gateway?.id);
  if (old !== undefined && other !== undefined && old !== other && from.id !== to.id) return;
  throw new DeclarationError(
    pathBelow(scope, id),
    `from and to are two Gateways, each with an id and a name of its own, but got ${lateAsText(old)} and ${lateAsText(other)}.`,
  );
}

/** Refuses a migration that would drop a listener. Dropping a listener removes traffic and must be a separate step. */
function requireListeners(scope: Construct, id: string, from: MigratedGateway, to: MigratedGateway): void {
  const [old, other] = [from, to].map(({ listeners }) => (Array.isArray(listeners) ? (listeners as Listener[]) : []));
  const missing = (old ?? []).filter((listener) => !(other ?? []).some((one) => isSameForClients(listener, one)));
  if (missing.length === 0) return;
  const list = missing
    .map(
      ({ name, port, protocol, hostname }) =>
        `${name} (${protocol} ${lateAsText(port)}, ${hostname === undefined ? "every host" : shown(hostname)})`,
    )
    .join(", ");
  throw new DeclarationError(
    pathBelow(scope, id),
    `to has no listener with the same name, port, protocol and hostname as ${list} of from, so its traffic would be lost. Add it to "${to.id}", or take it from "${from.id}" first, in a step of its own.`,
  );
}

function isSameForClients(left: Listener, right: Listener): boolean {
  return (
    left.name === right.name &&
    left.protocol === right.protocol &&
    agree(left.port, right.port) &&
    agree(left.hostname, right.hostname)
  );
}

/** Reports whether two values may be equal. A value that is not known yet may equal any other. */
function agree(left: unknown, right: unknown): boolean {
  return left === right || isLate(left) || isLate(right);
}

function shown(value: unknown): string {
  return isLate(value) ? "a hostname that is known later" : lateAsText(value);
}
