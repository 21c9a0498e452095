import { BlockList, isIP } from "node:net";

/**
 * Whose connections begin with a PROXY header. `required`: everybody's. Addresses and networks: theirs, and nobody
 * else's. Who must send one and does not is cut; from others no header is looked for, since anybody could forge it.
 */
export type ProxyProtocol = "off" | "required" | { readonly from: readonly string[] };

/** Tells from a connection's own address whether it must begin with a PROXY header. */
export type ExpectsHeader = (remoteAddress: string | undefined) => boolean;

/** @throws RangeError if an entry of `from` is neither an IP address nor a network like `10.0.0.0/8`. */
export function expectsHeader(option: ProxyProtocol): ExpectsHeader | undefined {
  if (option === "off") return undefined;
  if (option === "required") return () => true;
  const senders = new BlockList();
  for (const entry of option.from) add(senders, entry);
  return (remoteAddress = "") => {
    const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
    return isIP(address) !== 0 && senders.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  };
}

function add(senders: BlockList, entry: string): void {
  const [address = "", digits, ...more] = entry.split("/");
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const prefix = digits === undefined ? most : Number(digits);
  const isPrefix = digits === undefined || (/^\d{1,3}$/.test(digits) && prefix <= most);
  if (version === 0 || !isPrefix || more.length > 0) {
    throw new RangeError(
      `proxyProtocol.from: ${JSON.stringify(entry)} is no IP address and no network such as 10.0.0.0/8 or fd00::/8`,
    );
  }
  senders.addSubnet(address, prefix, version === 6 ? "ipv6" : "ipv4");
}
