import { BlockList, isIP } from "node:net";

/**
 * The connections that begin with a PROXY header: all of them with `required`, or those from certain addresses and
 * networks. A required sender without a header is disconnected. A header from any other sender is not read, since
 * anybody could forge it.
 */
export type ProxyProtocol = "off" | "required" | { readonly from: readonly string[] };

/** Returns whether a connection from this address must begin with a PROXY header. */
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
