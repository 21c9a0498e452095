import { Construct } from "constructs";
import { isLate, lateAsText } from "../api/declared/late.ts";
import type { LabelSelector, Listener, ParentReference } from "../api/index.ts";
import type { ClusterOperator } from "../cluster-operator/cluster-operator.ts";
import { Gateway, type GatewayProps } from "../cluster-operator/gateway.ts";
import { DeclarationError, pathBelow } from "../constructs/declaration-error.ts";

/** `from`: the old Gateway alone. `both`: both serve the same routes, while clients move. `to`: the new one alone. */
export type MigrationStage = "from" | "both" | "to";

/** A Gateway of a migration: its spec, and the id of its construct, which is its name unless `metadata.name` is given. */
export interface MigratedGateway extends GatewayProps {
  readonly id: string;
}

export interface GatewayMigrationProps {
  /** The Gateway that serves today. */
  readonly from: MigratedGateway;
  /** The Gateway that takes its place: of another class, with other addresses, in another form. */
  readonly to: MigratedGateway;
  readonly stage: MigrationStage;
  /** Binds the routes of the tree that have these labels to each Gateway there is. By default none is bound by labels. */
  readonly routes?: LabelSelector;
}

const stages: readonly MigrationStage[] = ["from", "both", "to"];

/**
 * Replaces a Gateway by another one in three stages, while the routes stay as their authors wrote them:
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
 * The Gateways are made in the scope that the migration stands in, not below it: they are the same objects, in the
 * cluster and in an engine's state, before the migration is declared, while it lasts and when it is taken out again.
 *
 * Throws a DeclarationError if the stage is none, if both Gateways would be one object, and if `to` lacks a listener of
 * `from`: what clients and routes know it by (name, port, protocol, hostname) has to be there before `from` goes.
 */
export class GatewayMigration extends Construct {
  /** The Gateway that serves today; undefined once `stage` is `to`. */
  readonly from?: Gateway;
  /** The Gateway that takes its place; undefined as long as `stage` is `from`. */
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

  /** The Gateways there are at this stage, the old one first. */
  get gateways(): readonly Gateway[] {
    return [this.from, this.to].filter((gateway) => gateway !== undefined);
  }

  /** One reference to each: `parentRefs: migration.parentRefs`, for routes that are not bound by their labels. */
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

/** JavaScript may give any. */
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

/** Dropping a listener is a step of its own: it takes traffic away, which no migration should do by the way. */
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

/** Values that are not known yet may be the same. */
function agree(left: unknown, right: unknown): boolean {
  return left === right || isLate(left) || isLate(right);
}

function shown(value: unknown): string {
  return isLate(value) ? "a hostname that is known later" : lateAsText(value);
}
