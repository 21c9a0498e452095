import { Construct } from "constructs";
import type { AnyObject } from "../api/declared/declared.ts";
import { captureCall } from "../constructs/call-site.ts";
import { hostOf, type IManifest } from "../constructs/host.ts";
import { MANIFEST, metadataOf } from "../constructs/manifest.ts";
import type { Finding } from "../findings/finding.ts";

/** A fixed Kubernetes object of an installation. Its scope does not influence its name or namespace. */
export class InstalledObject extends Construct implements IManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly clusterScoped: boolean;
  readonly object: AnyObject;

  constructor(scope: Construct, id: string, object: AnyObject) {
    super(scope, id);
    const host = hostOf(this);
    const { name, namespace, labels = {}, annotations = {} } = object.metadata;
    this.apiVersion = object.apiVersion;
    this.kind = object.kind;
    this.name = name;
    if (namespace !== undefined) this.namespace = namespace;
    this.clusterScoped = namespace === undefined;
    this.labels = { ...host.labels, ...labels };
    this.annotations = annotations;
    this.object = object;
    Object.defineProperty(this, MANIFEST, { value: true });
    captureCall(this, new.target);
    host.add(this);
  }

  toSpec(): unknown {
    return this.object.spec;
  }

  toObject(): AnyObject {
    const { labels: _, annotations: __, ...metadata } = this.object.metadata;
    return { ...this.object, metadata: { ...metadata, ...metadataOf(this) } as AnyObject["metadata"] };
  }

  remarks(): readonly Finding[] {
    return [];
  }
}
