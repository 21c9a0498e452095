import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { kinds } from "../../../../lib/api/kinds/kinds.ts";
import { ApiServer } from "../../../../proxy/sources/kubernetes/api-server.ts";

interface Event {
  readonly version: number;
  readonly path: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: AnyObject;
}

/**
 * The parts of an API server for discovery, lists, watches and writes of single objects: one store with versions,
 * pages, bookmarks, a history that can be forgotten, conflicts, and injected failures. The cluster tests use a real
 * one.
 */
export class Store {
  /** Collections that exist, by path. */
  readonly #collections = new Map<string, Map<string, AnyObject>>();
  readonly #watches = new Set<{ readonly url: URL; readonly response: ServerResponse }>();
  #events: Event[] = [];
  #version = 100;
  #forgotten = 0;
  /** Requests seen: path and query. */
  readonly requests: URL[] = [];
  /** The writes over HTTP, with the resulting objects. */
  readonly writes: { readonly method: string; readonly path: string; readonly object: AnyObject }[] = [];
  /** Answers every request with this status, while it is set. */
  outage: number | undefined;
  /** Requests are accepted, and never answered. */
  hanging = false;
  /** Answers in place of the API server, like a proxy in front of it; returns false to let the API server answer. */
  inFront: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Returns the part of a written status that is stored: CRDs drop fields that they do not know. */
  prune: (status: Readonly<Record<string, unknown>>) => unknown = (status) => status;
  /** Watches are accepted and get no events, as if a middlebox had dropped their connections. */
  silent = false;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #sockets = new Set<Socket>();

  async listen(context: TestContext): Promise<ApiServer> {
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    context.after(() => {
      this.#server.close();
      this.#server.closeAllConnections();
    });
    const { port } = this.#server.address() as AddressInfo;
    const server = `http://127.0.0.1:${port}`;
    return new ApiServer({ server, namespace: "default", authenticate: async () => {} });
  }

  /** Creates a collection. */
  serve(path: string): void {
    this.#collections.set(path, new Map());
  }

  get(path: string, namespace: string, name: string): AnyObject | undefined {
    return this.#collections.get(path)?.get(`${namespace}/${name}`);
  }

  put(path: string, namespace: string, name: string, spec: unknown = {}, status?: unknown): void {
    this.putFields(path, namespace, name, { spec, ...(status !== undefined && { status }) });
  }

  /** Works like `put`, for kinds with other fields than a spec. */
  putFields(path: string, namespace: string, name: string, fields: Readonly<Record<string, unknown>>): void {
    const objects = this.#collections.get(path) as Map<string, AnyObject>;
    const key = `${namespace}/${name}`;
    const type = objects.has(key) ? "MODIFIED" : "ADDED";
    const metadata = {
      ...(namespace === "" ? {} : { namespace }),
      name,
      resourceVersion: String(++this.#version),
      managedFields: [{ manager: "test" }],
    };
    const object: AnyObject = { ...typeOf(path), metadata, ...fields };
    objects.set(key, object);
    this.#record({ version: this.#version, path, type, object });
  }

  remove(path: string, namespace: string, name: string): void {
    const objects = this.#collections.get(path) as Map<string, AnyObject>;
    const object = objects.get(`${namespace}/${name}`) as AnyObject;
    objects.delete(`${namespace}/${name}`);
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    this.#record({ version: this.#version, path, type: "DELETED", object: { ...object, metadata } });
  }

  bookmark(): void {
    const metadata = { resourceVersion: String(this.#version) };
    for (const { url, response } of this.#watches) {
      send(response, { type: "BOOKMARK", object: { ...typeOf(url.pathname), metadata } });
    }
  }

  /** Raises the version of the store, as a change of another object does. */
  advance(): void {
    this.#version++;
  }

  /** Makes all versions up to now too old for a watch. */
  forget(): void {
    this.#forgotten = this.#version;
    this.#events = [];
  }

  /** Ends every watch, as if its time were up. */
  endWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  get watches(): number {
    return this.#watches.size;
  }

  #record(event: Event): void {
    this.#events.push(event);
    if (this.silent) return;
    for (const { url, response } of this.#watches) if (concerns(url, event)) send(response, event);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://store");
    this.requests.push(url);
    if (this.hanging || this.inFront(request, response)) return;
    const { path, namespace } = placeOf(url.pathname);
    const all = this.#collections.get(path);
    const objects = all && [...all.values()].filter((one) => namespace === "" || one.metadata.namespace === namespace);
    const discovered = this.#discovery(url.pathname);
    if (this.outage !== undefined) fail(response, this.outage, "InternalError", "the store is out");
    else if (request.method !== "GET" || placeOf(url.pathname).name !== undefined)
      void this.#single(request, url, response);
    else if (discovered !== undefined) response.end(JSON.stringify(discovered));
    // The API server answers like this for a path that it does not have.
    else if (objects === undefined)
      response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n");
    else if (url.searchParams.get("watch") === "true") this.#watch(url, response);
    else
      this.#list(
        url,
        objects.filter((object) => isSelected(url, object)),
        response,
      );
  }

  /** Returns the discovery of the existing kinds; undefined for a path that is not part of discovery. */
  #discovery(path: string): unknown {
    const served = [...this.#collections.keys()].map((collection) => {
      const [base = "", plural = ""] = split(collection);
      return { base, groupVersion: base.replace(/^\/apis?\//, ""), name: plural };
    });
    if (path === "/apis") {
      const versions = [...new Set(served.map(({ groupVersion }) => groupVersion))].filter((one) => one.includes("/"));
      const groups = versions.map((groupVersion) => ({
        name: groupVersion.split("/")[0],
        versions: [{ groupVersion }],
      }));
      return { kind: "APIGroupList", apiVersion: "v1", groups: [{ name: "apps", versions: [] }, ...groups] };
    }
    const resources = served.filter(({ base }) => base === path);
    if (resources.length === 0) return undefined;
    const [{ groupVersion = "" } = {}] = resources;
    return { kind: "APIResourceList", groupVersion, resources: resources.map(({ name }) => ({ name })) };
  }

  /** Handles an object: GET, POST to its collection, PUT, server-side apply, merge PATCH of its status, DELETE. */
  async #single(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const { path, namespace, name } = placeOf(url.pathname);
    const objects = this.#collections.get(path) ?? new Map<string, AnyObject>();
    this.#collections.set(path, objects);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString()) as AnyObject);
    const key = `${namespace}/${name ?? body?.metadata.name}`;
    const stored = objects.get(key);
    if (request.method === "POST" && stored !== undefined)
      return void fail(response, 409, "AlreadyExists", "it exists");
    if (request.headers["content-type"] === "application/apply-patch+yaml" && body !== undefined) {
      return this.#apply(request, url, body, response);
    }
    if (request.method !== "POST" && stored === undefined)
      return void fail(response, 404, "NotFound", "it does not exist");
    if (request.method === "DELETE") {
      const { uid, resourceVersion } =
        (body as { preconditions?: Record<string, unknown> } | undefined)?.preconditions ?? {};
      const { metadata } = stored as unknown as { metadata: Record<string, unknown> };
      if (
        (uid ?? metadata.uid) !== metadata.uid ||
        (resourceVersion ?? metadata.resourceVersion) !== metadata.resourceVersion
      )
        return void fail(response, 409, "Conflict", "it is another");
      this.remove(path, namespace, name ?? "");
      this.writes.push({ method: "DELETE", path: url.pathname, object: stored as AnyObject });
      return void response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Success" }));
    }
    if (body === undefined) return void response.end(JSON.stringify(stored));
    const versionIn = (object: AnyObject | undefined) =>
      (object?.metadata as { resourceVersion?: string } | undefined)?.resourceVersion;
    const asked = versionIn(body);
    if (asked !== undefined && asked !== versionIn(stored))
      return void fail(response, 409, "Conflict", "it was modified");
    const status = body.status as Readonly<Record<string, unknown>>;
    const merged = request.method === "PATCH" ? { ...(stored as AnyObject), status: this.prune(status) } : body;
    const metadata = {
      ...(request.method === "PATCH" ? stored : body)?.metadata,
      resourceVersion: String(++this.#version),
    };
    const object = { ...typeOf(path), ...merged, metadata } as AnyObject;
    objects.set(key, object);
    this.writes.push({ method: request.method ?? "", path: url.pathname, object });
    this.#record({ version: this.#version, path, type: stored === undefined ? "ADDED" : "MODIFIED", object });
    response.end(JSON.stringify(object));
  }

  /** Applied fields replace the existing ones; without a difference nothing is written. */
  #apply(request: IncomingMessage, url: URL, body: AnyObject, response: ServerResponse): void {
    const { path, namespace } = placeOf(url.pathname);
    const objects = this.#collections.get(path) as Map<string, AnyObject>;
    const key = `${namespace}/${body.metadata.name}`;
    const stored = objects.get(key);
    const { uid } = body.metadata;
    if (uid !== undefined && uid !== stored?.metadata.uid) return void fail(response, 409, "Conflict", "uid mismatch");
    if (stored !== undefined && !url.searchParams.has("force"))
      return void fail(response, 409, "Conflict", "another manager has these fields");
    const unchanged = { ...stored, ...body, metadata: { ...stored?.metadata, ...body.metadata } };
    if (stored !== undefined && isDeepStrictEqual(unchanged, stored)) return void response.end(JSON.stringify(stored));
    const version = String(++this.#version);
    const metadata = { uid: `uid-${version}`, ...unchanged.metadata, resourceVersion: version };
    const object = { ...unchanged, metadata } as AnyObject;
    objects.set(key, object);
    this.writes.push({ method: request.method ?? "", path: url.pathname, object });
    this.#record({ version: this.#version, path, type: stored === undefined ? "ADDED" : "MODIFIED", object });
    response.end(JSON.stringify(object));
  }

  #list(url: URL, objects: readonly AnyObject[], response: ServerResponse): void {
    const limit = Number(url.searchParams.get("limit") ?? objects.length);
    const from = Number(url.searchParams.get("continue") ?? 0);
    const rest = from + limit < objects.length ? { continue: String(from + limit) } : {};
    const items = objects.slice(from, from + limit).map(({ apiVersion: _, kind: __, ...item }) => item);
    const metadata = { resourceVersion: String(this.#version), ...rest };
    const { apiVersion, kind } = typeOf(placeOf(url.pathname).path);
    response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ apiVersion, kind: `${kind}List`, metadata, items }));
  }

  #watch(url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get("resourceVersion"));
    response.setHeader("content-type", "application/json").flushHeaders();
    if (from < this.#forgotten) {
      send(response, { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } });
      response.end();
      return;
    }
    const watch = { url, response };
    this.#watches.add(watch);
    response.on("close", () => this.#watches.delete(watch));
    if (this.silent) return;
    for (const event of this.#events) if (event.version > from && concerns(url, event)) send(response, event);
  }
}

function concerns(url: URL, { path, object }: Event): boolean {
  return path === url.pathname && isSelected(url, object);
}

/** Returns whether a field selector matches; only `type=` of Secrets is supported. */
function isSelected({ searchParams }: URL, object: AnyObject): boolean {
  const selector = searchParams.get("fieldSelector");
  return selector === null || [`type=${object.type}`, `metadata.name=${object.metadata.name}`].includes(selector);
}

function send(response: ServerResponse, { type, object }: { readonly type: string; readonly object: unknown }): void {
  response.write(`${JSON.stringify({ type, object })}\n`);
}

function fail(response: ServerResponse, code: number, reason: string, message: string): void {
  response.statusCode = code;
  response.end(JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message }));
}

/** Kinds that no configuration contains. */
const others: Readonly<Record<string, string>> = {
  deployments: "Deployment",
  events: "Event",
  leases: "Lease",
  poddisruptionbudgets: "PodDisruptionBudget",
  serviceaccounts: "ServiceAccount",
};

/** Returns apiVersion and kind of the objects of a collection. */
function typeOf(collection: string): { readonly apiVersion: string; readonly kind: string } {
  const [base = "", plural = ""] = split(collection);
  const kind = kinds.find((each) => each.plural === plural)?.kind ?? others[plural];
  if (kind === undefined) throw new RangeError(`the store has no kind for ${collection}`);
  return { apiVersion: base.replace(/^\/apis?\//, ""), kind };
}

function split(collection: string): readonly [string, string] {
  const slash = collection.lastIndexOf("/");
  return [collection.slice(0, slash), collection.slice(slash + 1)];
}

/** Returns the collection of all namespaces in a path, and the object in it. */
function placeOf(pathname: string): {
  readonly path: string;
  readonly namespace: string;
  readonly name: string | undefined;
} {
  const [, base = "", namespace = "", plural = "", name] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/status)?$/.exec(pathname) ??
    [];
  return { path: `${base}/${plural}`, namespace, name };
}
