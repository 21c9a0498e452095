import { createSocket } from "node:dgram";
import type { ApiClient } from "./api-client.ts";
import { network } from "./network.ts";

interface Slices {
  readonly items: readonly {
    readonly endpoints?: readonly {
      readonly addresses: readonly string[];
      readonly conditions?: { readonly ready?: boolean };
    }[];
  }[];
}

/** Bytes of a DNS header (RFC 1035, section 4.1.1). */
const headerSize = 12;
const types = { a: 1 } as const;
const codes = { noError: 0, nameError: 3 } as const;

/**
 * Resolves names of Services, as a cluster's DNS server does; those of a headless Service to its ready endpoints.
 * Answers queries for `NAME.NAMESPACE.svc` and `NAME.NAMESPACE.svc.cluster.local`, over UDP and IPv4 only, and reads
 * the API server each time. Runs until the process ends.
 */
export function answerNames(api: ApiClient): void {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    answer(api, query)
      .then((response) => response !== undefined && socket.send(response, from.port, from.address))
      // If the API server is down, the query stays unanswered, and the client repeats it.
      .catch(() => undefined);
  });
  socket.bind(53, network.node);
}

async function answer(api: ApiClient, query: Buffer): Promise<Buffer | undefined> {
  const question = questionOf(query);
  if (question === undefined) return undefined;
  const { name, type, end } = question;
  const known = await addressesOf(api, name);
  const addresses = type === types.a ? (known ?? []) : [];
  const header = Buffer.alloc(headerSize);
  query.copy(header, 0, 0, 2);
  // The header of an authoritative response that repeats the flag for recursion.
  header.writeUInt16BE(0x8400 | (query.readUInt16BE(2) & 0x0100) | (known ? codes.noError : codes.nameError), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, query.subarray(headerSize, end), ...addresses.map(record)]);
}

/** Parses the only question of a query; undefined if there is none, or if it is truncated. */
function questionOf(query: Buffer): { readonly name: string; readonly type: number; readonly end: number } | undefined {
  if (query.length < headerSize || query.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = headerSize;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(query.toString("latin1", at, at + length).toLowerCase());
    at += length;
  }
  if (query.length < at + 4) return undefined;
  return { name: labels.join("."), type: query.readUInt16BE(at), end: at + 4 };
}

async function addressesOf(api: ApiClient, name: string): Promise<readonly string[] | undefined> {
  const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\.cluster\.local)?$/.exec(name) ?? [];
  if (service === undefined) return undefined;
  const { status, body } = await api.call("GET", `/api/v1/namespaces/${namespace}/services/${service}`);
  if (status !== 200) return undefined;
  const { clusterIP } = (body as { readonly spec: { readonly clusterIP?: string } }).spec;
  if (clusterIP !== "None") return clusterIP === undefined ? [] : [clusterIP];
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`;
  const endpoints = (await api.get<Slices>(path)).items.flatMap((slice) => slice.endpoints ?? []);
  return endpoints.filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses);
}

/** Makes an A record of the name in the question, with a TTL of one second. */
function record(address: string): Buffer {
  const bytes = Buffer.from([0xc0, headerSize, 0, types.a, 0, 1, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0]);
  bytes.set(address.split(".").map(Number), 12);
  return bytes;
}
