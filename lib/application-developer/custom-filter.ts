import type { ExtensionKind, SpecSchema } from "../api/load/extension.ts";
import { DeclarationError, pathBelow } from "../constructs/declaration-error.ts";
import { Manifest, type ManifestKind, type ManifestProps } from "../constructs/manifest.ts";
import type { ApplicationDeveloper } from "./application-developer.ts";

/** The props of an object that configures a custom filter. */
export interface CustomFilterProps<Spec> extends ManifestProps {
  /** The filter, as `defineFilter` of gatewright/filters returns it. */
  readonly filter: {
    readonly group: string;
    readonly kind: string;
    readonly version: string;
    readonly schema?: SpecSchema<unknown, Spec>;
  };
  /** The settings, in the form of the filter's schema. Default: the object has no spec. */
  readonly spec?: Spec;
}

/**
 * An object with the settings of a custom filter. Routes of the same namespace name it in filters of type ExtensionRef.
 *
 * ```ts
 * const partners = new CustomFilter(this, "partners", { filter: requireApiKey, spec: { keys: [ … ] } });
 * new HTTPRoute(this, "orders", { rules: [{ filters: [extensionRef(partners)], … }] });
 * ```
 */
export class CustomFilter<Spec = unknown> extends Manifest {
  readonly props: CustomFilterProps<Spec>;

  constructor(scope: ApplicationDeveloper, id: string, props: CustomFilterProps<Spec>) {
    super(scope, id, kindOf(scope, id, props), props);
    this.props = props;
  }

  override get kind(): string {
    return this.manifestKind.kind;
  }

  /** The API group of the object. */
  get group(): string {
    return this.apiVersion.slice(0, this.apiVersion.indexOf("/"));
  }

  /** The filter's kind and schema, for checking the object. */
  get extensionKind(): ExtensionKind {
    return this.props.filter;
  }

  /** {@inheritDoc Manifest.toSpec} */
  override toSpec(): unknown {
    return this.props.spec;
  }
}

/** JavaScript may omit the filter. */
function kindOf<Spec>(scope: ApplicationDeveloper, id: string, props: CustomFilterProps<Spec>): ManifestKind {
  const filter: Partial<CustomFilterProps<Spec>["filter"]> = props?.filter ?? {};
  const { group, version, kind } = filter;
  if (group === undefined || version === undefined || kind === undefined) {
    const problem = "a CustomFilter needs its filter, as defineFilter of gatewright/filters makes it";
    throw new DeclarationError(pathBelow(scope, id), problem);
  }
  return { apiVersion: `${group}/${version}`, kind, scope: "Namespaced", personas: ["ApplicationDeveloper"] };
}
