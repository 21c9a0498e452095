import type { AnyObject } from "../declared/declared.ts";
import type { Labels } from "../kinds/label-selector.ts";
import { readAllowedGateways } from "./allowed-gateways.ts";
import {
  type AllowedGateways,
  type BindableRoute,
  type Binding,
  bindingOf,
  type Selected,
  type SelectingGateway,
  selectedBy,
} from "./bind-routes.ts";
import { isFields } from "./fields.ts";
import type { Ledger } from "./ledger.ts";
import { defaultNamespace, isFirstVocabulary } from "./versions.ts";

/**
 * Binds routes to the set's Gateways of v1alpha1, and records the bindings for notes on both sides. The result depends
 * on the whole set, since any Gateway may select any route.
 */
export class RouteBinder {
  readonly #gateways: readonly SelectingGateway[];
  readonly #namespaces: ReadonlyMap<string, Labels | undefined>;
  /** The selected routes, by Gateway and field of the selection. */
  readonly #bound = new Map<SelectingGateway, Map<string, string[]>>();

  constructor(gateways: readonly SelectingGateway[], namespaces: ReadonlyMap<string, Labels | undefined>) {
    this.#gateways = gateways;
    this.#namespaces = namespaces;
  }

  /** Returns the Gateways to which labels, or the route's own list of Gateways, bind this route. */
  bindingsOf(route: AnyObject, ledger: Ledger): Binding[] {
    const namespace = route.metadata.namespace ?? defaultNamespace;
    const gateways = isFields(route.spec) ? route.spec.gateways : undefined;
    const old = isFirstVocabulary(route.apiVersion);
    const allow: AllowedGateways = old ? readAllowedGateways(gateways, namespace, ledger) : { from: "All" };
    const bindable: BindableRoute = { kind: route.kind, namespace, allow, labels: route.metadata.labels ?? {} };
    const labelsOf = (name: string) => (this.#namespaces.has(name) ? (this.#namespaces.get(name) ?? {}) : undefined);
    const selected = selectedBy(bindable, this.#gateways, labelsOf);
    const bindings = selected.filter(({ allowed }) => allowed).map((one) => bindingOf(one, bindable, labelsOf));
    for (const one of selected) {
      if (one.allowed) this.#record(one, `${route.kind} ${namespace}/${route.metadata.name}`);
      else noteRefused(one, allow, ledger);
    }
    if (allow.from === "FromList") bindings.push(...this.#listedOnly(allow.list, selected, ledger));
    if (gateways !== undefined && old) noteAllowed(gateways, bindings, ledger);
    return bindings;
  }

  /** Adds a note for each selection to its Gateway. */
  noteSelections(gateway: SelectingGateway, ledger: Ledger): void {
    for (const { field, selector } of gateway.listeners) {
      const routes = this.#bound.get(gateway)?.get(field) ?? [];
      const place = selector === undefined ? field : `${field}.selector`;
      const what = selector === undefined ? "The selection of every route" : "The selector";
      ledger.note(
        "GW1305",
        place,
        routes.length === 0
          ? `${what} finds no route among the sources, so no route was given a parentRef`
          : `${what} became a parentRef of ${enumerate(routes)}`,
        {
          ...(selector === undefined ? {} : { given: selector }),
          fix: `A route that is not among the sources has to name ${gateway.namespace}/${gateway.name} in its parentRefs.`,
        },
      );
    }
  }

  /**
   * Reports Gateways in the route's list that are of a later version or undeclared, since allowedRoutes decides there.
   */
  #listedOnly(
    list: readonly { readonly namespace: string; readonly name: string }[],
    selected: readonly Selected[],
    ledger: Ledger,
  ): Binding[] {
    return list.flatMap((listed, index) => {
      const same = (gateway: SelectingGateway) =>
        gateway.name === listed.name && gateway.namespace === listed.namespace;
      if (selected.some(({ gateway }) => same(gateway))) return [];
      if (!this.#gateways.some(same)) return [{ gateway: listed }];
      ledger.settled(
        `spec.gateways.gatewayRefs[${index}]`,
        "The route allows this Gateway, but no listener of it selects the route, so they were not bound",
        { given: listed, fix: "If it should serve the route, add the Gateway to the route's parentRefs." },
      );
      return [];
    });
  }

  #record({ gateway, listeners }: Selected, route: string): void {
    const fields = this.#bound.get(gateway) ?? new Map<string, string[]>();
    this.#bound.set(gateway, fields);
    for (const { field } of listeners) {
      const routes = fields.get(field) ?? [];
      routes.push(route);
      fields.set(field, routes);
    }
  }
}

function noteRefused({ gateway }: Selected, allow: AllowedGateways, ledger: Ledger): void {
  ledger.note(
    "GW1307",
    "spec.gateways",
    `${gateway.namespace}/${gateway.name} selects the route, which does not allow it`,
    {
      given: allow.from,
      allowed: allow.from === "FromList" ? "the Gateways of gatewayRefs" : "Gateways of the route's own namespace",
      fix: `If the Gateway should serve the route, add { name: ${gateway.name}, namespace: ${gateway.namespace} } to the route's parentRefs.`,
    },
  );
}

function noteAllowed(gateways: unknown, bindings: readonly Binding[], ledger: Ledger): void {
  const names = bindings.map(({ gateway }) => `${gateway.namespace}/${gateway.name}`);
  ledger.note(
    "GW1306",
    "spec.gateways",
    names.length === 0
      ? "No Gateway of the sources selects the route, so it was given no parentRef"
      : `What the route allows and its Gateways select became parentRefs to ${enumerate(names)}`,
    { given: gateways },
  );
}

/** Lists a few names and counts the others, because a selector may select thousands. */
function enumerate(names: readonly string[]): string {
  const shownNames = names.slice(0, 5).join(", ");
  return names.length <= 5 ? shownNames : `${shownNames} and ${names.length - 5} more`;
}
