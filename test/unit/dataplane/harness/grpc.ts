import type { TestContext } from "node:test";
import {
  Client,
  credentials,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import type { GatewayIR } from "../../../../lib/routing/ir.ts";
import { HttpDataPlane, type ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import type { Snapshot } from "../../../../proxy/dataplane/routing/snapshot.ts";
import { type SnapshotOptions, snapshot } from "./configuration.ts";

/** Returns a snapshot whose rules belong to a GRPCRoute; the ports of its backends name no protocol. */
export function grpcSnapshot(options: SnapshotOptions): Snapshot {
  const base = snapshot(options);
  const gateways = JSON.parse(JSON.stringify(base.gateways).replaceAll('"HTTPRoute"', '"GRPCRoute"')) as GatewayIR[];
  return { ...base, gateways };
}

/** Starts a proxy for a GRPCRoute that ends with its test. */
export async function startGrpcProxy(context: TestContext, options: SnapshotOptions, proxyOptions: ProxyOptions = {}) {
  const proxy = new HttpDataPlane(proxyOptions);
  context.after(() => proxy.close());
  const [bound] = await proxy.apply(grpcSnapshot(options));
  if (bound === undefined || bound.error !== undefined) throw new Error(`not bound: ${bound?.error?.message}`);
  return { proxy, port: bound.localPort };
}

const bytes = (value: Buffer): Buffer => value;

function method(path: string, requestStream: boolean, responseStream: boolean) {
  return {
    ...{ path, requestStream, responseStream },
    ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
  };
}

/** The service definition. Messages are bytes without a schema. */
export const store = {
  get: method("/acme.Store/Get", false, false),
  list: method("/acme.Store/List", false, true),
  put: method("/acme.Store/Put", true, false),
  talk: method("/acme.Store/Talk", true, true),
} satisfies ServiceDefinition;

export interface StoreHandlers {
  get?(call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void;
  list?(call: ServerWritableStream<Buffer, Buffer>): void;
  put?(call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>): void;
  talk?(call: ServerDuplexStream<Buffer, Buffer>): void;
}

const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Starts a gRPC server that ends with its test. Methods without a handler are UNIMPLEMENTED. */
export async function startStore(context: TestContext, handlers: StoreHandlers): Promise<number> {
  const server = new Server(unlimited);
  server.addService(store, { ...handlers });
  context.after(() => server.forceShutdown());
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/** A gRPC client that ends with its test. */
export class StoreClient extends Client {
  constructor(context: TestContext, port: number) {
    super(`127.0.0.1:${port}`, credentials.createInsecure(), { ...unlimited, "grpc.enable_retries": 0 });
    context.after(() => this.close());
  }

  /** Calls `Get`; rejects with the `ServiceError` of a failed call. */
  get(message: Buffer, options: { readonly deadline?: number; readonly metadata?: Metadata } = {}): Promise<Buffer> {
    const { deadline, metadata } = options;
    return new Promise((resolve, reject) => {
      const done = (error: Error | null, value?: Buffer) => (error ? reject(error) : resolve(value ?? Buffer.alloc(0)));
      const { path } = store.get;
      const callOptions = deadline === undefined ? {} : { deadline: Date.now() + deadline };
      if (metadata === undefined) this.makeUnaryRequest(path, bytes, bytes, message, callOptions, done);
      else this.makeUnaryRequest(path, bytes, bytes, message, metadata, callOptions, done);
    });
  }

  list(message: Buffer) {
    return this.makeServerStreamRequest(store.list.path, bytes, bytes, message);
  }

  put(done: (error: Error | null, value?: Buffer) => void) {
    return this.makeClientStreamRequest(store.put.path, bytes, bytes, done);
  }

  talk() {
    return this.makeBidiStreamRequest(store.talk.path, bytes, bytes);
  }
}
