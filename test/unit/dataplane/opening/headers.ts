import { BlockList, isIPv6 } from "node:net";

/** Returns a PROXY header of version 1. */
export function textHeader(family: string, from: string, to: string, fromPort: number, toPort: number): Buffer {
  return Buffer.from(`PROXY ${family} ${from} ${to} ${fromPort} ${toPort}\r\n`, "latin1");
}

export interface BinaryHeader {
  readonly version?: number;
  /** The command. Default: 1 (PROXY), a connection on behalf of another client. */
  readonly command?: number;
  /** The source address. */
  readonly from?: string;
  /** The address family, in place of the one that `from` implies. */
  readonly family?: number;
  readonly addresses?: Buffer;
  readonly tlvs?: Buffer;
}

/** Returns a PROXY header of version 2. */
export function binaryHeader(header: BinaryHeader): Buffer {
  const { version = 2, command = 1, from, tlvs = Buffer.alloc(0) } = header;
  const addresses = header.addresses ?? (from === undefined ? Buffer.alloc(0) : addressBlock(from));
  const family = header.family ?? (from === undefined ? 0 : isIPv6(from) ? 0x21 : 0x11);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(addresses.length + tlvs.length);
  const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
  return Buffer.concat([signature, Buffer.from([(version << 4) | command, family]), length, addresses, tlvs]);
}

function addressBlock(from: string): Buffer {
  const source = isIPv6(from) ? ipv6Bytes(from) : Buffer.from(from.split(".").map(Number));
  return Buffer.concat([source, Buffer.alloc(source.length), Buffer.from([0x30, 0x39, 0x01, 0xbb])]);
}

function ipv6Bytes(address: string): Buffer {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string | undefined, low: string | undefined) => ((Number(high) << 8) | Number(low)).toString(16);
  const text =
    dotted === null ? address : address.replace(dotted[0], `${hex(dotted[1], dotted[2])}:${hex(dotted[3], dotted[4])}`);
  const [head = "", tail] = text.split("::");
  const words = (part: string) => (part === "" ? [] : part.split(":"));
  const rest = tail === undefined ? [] : words(tail);
  const groups = [...words(head)];
  while (groups.length + rest.length < 8) groups.push("0");
  return Buffer.from([...groups, ...rest].map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** Returns whether two texts are the same address. */
export function sameAddress(a: string, b: string): boolean {
  const list = new BlockList();
  list.addAddress(b, isIPv6(b) ? "ipv6" : "ipv4");
  return list.check(a, isIPv6(a) ? "ipv6" : "ipv4");
}
