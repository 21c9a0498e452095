/**
 * A STAND-IN for pulumi-resource-kubernetes, for tests where the genuine one is not on PATH: objects of one cluster over
 * the API server, waited for by the annotations that the genuine one documents, with its words where something fails.
 */
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import {
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { ApiError } from "../../../proxy/sources/kubernetes/api-error.ts";
import { ClusterOfProvider, type Manifest, UnknownKindError } from "./cluster.ts";
import { differences } from "./difference.ts";
import { isReady, limitOf } from "./ready.ts";

const require = createRequire(import.meta.url);
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb.js");
const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb.js");
const { Status } = require("@pulumi/pulumi/proto/status_pb.js");

/** How the engine writes a value that it does not know yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Call<Request> = ServerUnaryCall<Request, unknown>;
type Answer<Response> = sendUnaryData<Response>;

const [address = ""] = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const host = new EngineClient(address, credentials.createInsecure());
let cluster: ClusterOfProvider | undefined;
/** Why the cluster cannot be asked at all. */
let unreachable: string | undefined;

/** An object that is there but does not get where it should. */
class InitializationError extends Error {
  readonly live: Manifest;

  constructor(message: string, live: Manifest) {
    super(message);
    this.live = live;
  }
}

function log(urn: string, severity: engine.LogSeverity, message: string, ephemeral: boolean): Promise<void> {
  const request = new engine.LogRequest();
  request.setUrn(urn);
  request.setSeverity(severity);
  request.setMessage(message);
  request.setEphemeral(ephemeral);
  return new Promise((resolve) => host.log(request, () => resolve()));
}

async function configure({ request }: Call<provider.ConfigureRequest>): Promise<provider.ConfigureResponse> {
  const response = new provider.ConfigureResponse();
  response.setSupportspreview(true);
  try {
    cluster = await ClusterOfProvider.of(request.getVariablesMap().get("kubernetes:config:kubeconfig"));
    await cluster.reach();
  } catch (error) {
    unreachable = `unable to load schema information from the API server: ${(error as Error).message}`;
  }
  return response;
}

function reached(): ClusterOfProvider {
  if (cluster !== undefined && unreachable === undefined) return cluster;
  throw new Error(`configured Kubernetes cluster is unreachable: ${unreachable}`);
}

async function check({ request }: Call<provider.CheckRequest>): Promise<provider.CheckResponse> {
  if (unreachable !== undefined) {
    const message = `configured Kubernetes cluster is unreachable: ${unreachable}`;
    await log(request.getUrn(), engine.LogSeverity.WARNING, message, false);
  }
  const response = new provider.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function manifestIn(given: struct.Struct | undefined): Manifest {
  return (given?.toJavaScript() ?? {}) as unknown as Manifest;
}

/** The state of a resource: the object as it is, and beside it what the program said. */
function stateOf(live: Manifest, inputs: Manifest): struct.Struct {
  const { managedFields: _, ...metadata } = live.metadata;
  return struct.Struct.fromJavaScript({ ...live, metadata, __inputs: inputs } as never);
}

function diff({ request }: Call<provider.DiffRequest>): provider.DiffResponse {
  const { __inputs: before, ...live } = manifestIn(request.getOlds());
  const ignored = request.getIgnorechangesList();
  const found = differences(manifestIn(request.getNews()), before, live).filter(
    ({ path }) => !ignored.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`)),
  );
  const response = new provider.DiffResponse();
  const { DiffChanges } = provider.DiffResponse;
  response.setChanges(found.length === 0 ? DiffChanges.DIFF_NONE : DiffChanges.DIFF_SOME);
  response.setHasdetaileddiff(true);
  const identity = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
  const replaces = found.filter(({ path }) => identity.includes(path)).map(({ path }) => path);
  response.setReplacesList(replaces);
  for (const { path, kind } of found) {
    const property = new provider.PropertyDiff();
    const replace = replaces.includes(path) ? "_REPLACE" : "";
    property.setKind(provider.PropertyDiff.Kind[`${kind}${replace}` as keyof typeof provider.PropertyDiff.Kind]);
    response.getDetaileddiffMap().set(path, property);
  }
  return response;
}

async function create({ request }: Call<provider.CreateRequest>): Promise<provider.CreateResponse> {
  const inputs = manifestIn(request.getProperties());
  const response = new provider.CreateResponse();
  if (request.getPreview()) {
    response.setProperties((await previewed(request.getUrn(), inputs)) ?? request.getProperties());
    return response;
  }
  const live = await created(reached(), request.getUrn(), inputs);
  response.setId(idOf(live));
  response.setProperties(stateOf(await settled(live, inputs, request), inputs));
  return response;
}

/** What the server would make of it, where that can be told: undefined if not, or if it stands on what is to come. */
async function previewed(urn: string, inputs: Manifest): Promise<struct.Struct | undefined> {
  if (unreachable !== undefined || JSON.stringify(inputs).includes(unknown)) return undefined;
  try {
    const { status: _, ...live } = await reached().create(inputs, { dryRun: true });
    return stateOf(live, inputs);
  } catch (error) {
    if (
      standsOnWhatIsToCome(error) ||
      (error instanceof ApiError && error.status === 403 && !/quota/.test(error.message))
    )
      return undefined;
    throw notCreated(urn, error);
  }
}

async function created(server: ClusterOfProvider, urn: string, inputs: Manifest): Promise<Manifest> {
  for (let pause = 250; ; pause *= 2) {
    try {
      return await server.create(inputs);
    } catch (error) {
      // A kind or a namespace that was made a moment ago may not be served yet.
      if (!standsOnWhatIsToCome(error) || pause > 4000) throw notCreated(urn, error);
      await sleep(pause);
    }
  }
}

function standsOnWhatIsToCome(error: unknown): boolean {
  return error instanceof UnknownKindError || (error instanceof ApiError && error.status === 404);
}

function notCreated(urn: string, error: unknown): Error {
  const { message } = error as Error;
  if (!(error instanceof UnknownKindError)) {
    return new Error(`resource "${urn}" was not successfully created by the Kubernetes API server: ${message}`);
  }
  return new Error(
    `creation of resource "${urn}" failed because the Kubernetes API server reported that the apiVersion for this ` +
      `resource does not exist. Verify that any required CRDs have been created: ${message}`,
  );
}

async function update({ request }: Call<provider.UpdateRequest>): Promise<provider.UpdateResponse> {
  const inputs = manifestIn(request.getNews());
  const response = new provider.UpdateResponse();
  if (request.getPreview()) {
    response.setProperties(request.getNews());
    return response;
  }
  const live = await reached().apply(inputs);
  response.setProperties(stateOf(await settled(live, inputs, request), inputs));
  return response;
}

/** The object once it is what is waited for. Warnings about it are shown as they come. */
async function settled(
  first: Manifest,
  inputs: Manifest,
  request: provider.CreateRequest | provider.UpdateRequest,
): Promise<Manifest> {
  const urn = request.getUrn();
  const server = reached();
  const told = new Set<string>();
  const end = performance.now() + limitOf(inputs, request.getTimeout());
  let live = first;
  while (!isReady(live)) {
    for (const warning of await server.warnings(live)) {
      if (told.has(warning)) continue;
      told.add(warning);
      await log(urn, engine.LogSeverity.WARNING, warning, true);
    }
    if (performance.now() > end) {
      throw new InitializationError(
        `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully ` +
          "initialize or become live: timed out waiting for the condition",
        live,
      );
    }
    await sleep(250);
    live = (await server.read(live)) ?? live;
  }
  return live;
}

async function read({ request }: Call<provider.ReadRequest>): Promise<provider.ReadResponse> {
  const { __inputs: inputs, ...known } = manifestIn(request.getProperties()) as Manifest & {
    readonly __inputs?: Manifest;
  };
  const live = await reached().read(known);
  const response = new provider.ReadResponse();
  if (live === undefined) return response;
  response.setId(request.getId());
  response.setProperties(stateOf(live, inputs ?? live));
  response.setInputs(request.getInputs());
  return response;
}

async function remove({ request }: Call<provider.DeleteRequest>): Promise<empty.Empty> {
  const server = reached();
  const { __inputs: _, ...known } = manifestIn(request.getProperties());
  await server.delete(known);
  const end = performance.now() + limitOf(known, request.getTimeout());
  while ((await server.read(known)) !== undefined) {
    if (performance.now() > end) throw new Error("timed out waiting for deletion");
    await sleep(250);
  }
  return new empty.Empty();
}

function idOf({ metadata }: Manifest): string {
  return [metadata.namespace, metadata.name].filter((part) => part !== undefined).join("/");
}

/** An error that the engine reads: with the state of what is there all the same. */
function asAnswer(error: unknown, inputs: Manifest | undefined) {
  const { message } = error as Error;
  const metadata = new Metadata();
  if (error instanceof InitializationError && inputs !== undefined) {
    const detail = new provider.ErrorResourceInitFailed();
    detail.setId(idOf(error.live));
    detail.setProperties(stateOf(error.live, inputs));
    detail.setReasonsList([message]);
    const packed = new any.Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const details = new Status();
    details.setCode(status.UNKNOWN);
    details.setMessage(message);
    details.addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(details.serializeBinary()));
  }
  return { code: status.UNKNOWN, details: message, metadata };
}

type Method<Request, Response> = (call: Call<Request>) => Response | Promise<Response>;

function answering<Request, Response>(method: Method<Request, Response>, inputsOf?: (request: Request) => Manifest) {
  return (call: Call<Request>, answer: Answer<Response>): void => {
    new Promise<Response>((resolve) => resolve(method(call))).then(
      (response) => answer(null, response),
      (error: unknown) => answer(asAnswer(error, inputsOf?.(call.request)), null),
    );
  };
}

const unimplemented = (_: Call<unknown>, answer: Answer<never>) =>
  answer({ code: status.UNIMPLEMENTED, details: "not part of this stand-in" });

function information(): plugin.PluginInfo {
  const info = new plugin.PluginInfo();
  info.setVersion("4.34.2");
  return info;
}

const server = new Server();
const service = ResourceProviderService as Parameters<Server["addService"]>[0];
server.addService(service, {
  ...Object.fromEntries(Object.keys(service).map((method) => [method, unimplemented])),
  getPluginInfo: answering(information),
  configure: answering(configure),
  check: answering(check),
  diff: answering(diff),
  create: answering(create, (request: provider.CreateRequest) => manifestIn(request.getProperties())),
  read: answering(read),
  update: answering(update, (request: provider.UpdateRequest) => manifestIn(request.getNews())),
  delete: answering(remove),
  cancel: answering(() => new empty.Empty()),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(port);
});
