import { isIP } from "node:net";
import type { HostPort } from "../../../proxy/control/local-sockets.ts";
import type { KeyPairFiles } from "../../../proxy/sources/key-pair-files.ts";
import type { NamespacedName } from "../../routing/ir.ts";
import { UsageError } from "../report/terminal.ts";

/** An RFC 1123 label, which Kubernetes requires for names of namespaces. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** An RFC 1123 subdomain, which Kubernetes requires for names of most objects. */
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const hostName = /^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/;

/** Parses `HOST:PORT`; an IPv6 address is in brackets. `option` names the option in messages. */
export function hostPort(value: string, option: string, lowest = 0): HostPort {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const [, bracketed, plain, digits] = parts ?? [];
  const host = bracketed ?? plain ?? "";
  const valid = bracketed === undefined ? isIP(host) === 4 || hostName.test(host) : isIP(host) === 6;
  if (parts === null || !valid) {
    throw new UsageError(`${option} ${value}: expected HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080`);
  }
  return { host, port: portNumber(digits ?? "", `${option} ${value}`, lowest) };
}

function portNumber(digits: string, where: string, lowest: number): number {
  const port = Number(digits);
  if (!/^\d{1,5}$/.test(digits) || port < lowest || port > 65_535) {
    throw new UsageError(`${where}: port ${digits} is out of range; ${lowest} to 65535`);
  }
  return port;
}

/** Parses a whole number that is not lower than `least`. */
export function wholeNumber(value: string, option: string, least: number): number {
  const number = Number(value);
  if (!/^\d{1,9}$/.test(value) || number < least) {
    throw new UsageError(`${option} ${value}: expected a whole number, ${least} or more`);
  }
  return number;
}

/** Parses a number between two bounds. `where` names the option in messages. */
export function number(digits: string, where: string, lowest: number, highest: number, whole: boolean): number {
  const value = Number(digits);
  const written = whole ? /^\d{1,16}$/.test(digits) : /^\d{1,3}(\.\d{1,12})?$/.test(digits);
  if (written && value >= lowest && value <= highest) return value;
  const kind = whole ? "a whole number" : "a number";
  throw new UsageError(`${where} ${digits}: expected ${kind} from ${lowest} to ${highest}`);
}

/** Parses repeated `NAME=…` options with these names. A repeated name is refused. */
export function assignments(
  values: readonly string[],
  option: string,
  form: string,
  names: readonly string[],
): Map<string, string> {
  const found = new Map<string, string>();
  for (const value of values) {
    const [, name = "", assigned = ""] = /^([^=]*)=(.*)$/.exec(value) ?? [];
    if (!names.includes(name)) {
      throw new UsageError(
        `${option} ${value}: expected ${form} with one of the names ${[...names].sort().join(", ")}`,
      );
    }
    if (found.has(name)) throw new UsageError(`${option} ${name}: given twice`);
    found.set(name, assigned);
  }
  return found;
}

/** Parses a time in seconds, which may have a fraction, and returns milliseconds. */
export function seconds(value: string, option: string): number {
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(value)) {
    throw new UsageError(`${option} ${value}: expected seconds, such as 10 or 0.5`);
  }
  return Math.round(Number(value) * 1_000);
}

/** Parses `NAMESPACE/NAME`; a name alone is in the namespace `default`. */
export function namespacedName(value: string, option: string): NamespacedName {
  const slash = value.indexOf("/");
  const namespace = slash === -1 ? "default" : value.slice(0, slash);
  const name = value.slice(slash + 1);
  if (!label.test(namespace) || !subdomain.test(name)) {
    throw new UsageError(`${option} ${value}: expected NAMESPACE/NAME, such as edge/acme-external`);
  }
  return { namespace, name };
}

/** Parses `NAMESPACE/NAME:PORT=HOST:PORT`; the key is normalized to `namespace/name:port`. */
export function portAssignment(value: string, option: string): { readonly key: string; readonly address: HostPort } {
  const equals = value.indexOf("=");
  const left = equals === -1 ? value : value.slice(0, equals);
  const colon = left.lastIndexOf(":");
  if (equals === -1 || colon === -1) {
    throw new UsageError(`${option} ${value}: expected NAMESPACE/NAME:PORT=HOST:PORT`);
  }
  const { namespace, name } = namespacedName(left.slice(0, colon), option);
  const port = portNumber(left.slice(colon + 1), `${option} ${value}`, 1);
  return { key: `${namespace}/${name}:${port}`, address: hostPort(value.slice(equals + 1), option, 1) };
}

/** Parses repeated `NAMESPACE/NAME:PORT=HOST:PORT` options. A repeated left side is refused. */
export function portAssignments(values: readonly string[], option: string): Map<string, HostPort> {
  const found = new Map<string, HostPort>();
  for (const value of values) {
    const { key, address } = portAssignment(value, option);
    if (found.has(key)) throw new UsageError(`${option} ${key}: given twice`);
    found.set(key, address);
  }
  return found;
}

/** Parses repeated `NAMESPACE/SECRET=CERTIFICATE,KEY` options of two file names each. A repeated Secret is refused. */
export function keyPairAssignments(values: readonly string[], option: string): KeyPairFiles[] {
  const found = new Map<string, KeyPairFiles>();
  for (const value of values) {
    const [, left = "", certificate = "", key = ""] = /^([^=]*)=([^,]+),([^,]+)$/.exec(value) ?? [];
    if (certificate === "") {
      throw new UsageError(
        `${option} ${value}: expected NAMESPACE/SECRET=CERTIFICATE,KEY, such as edge/acme=crt.pem,key.pem`,
      );
    }
    const secret = namespacedName(left, option);
    const name = `${secret.namespace}/${secret.name}`;
    if (found.has(name)) throw new UsageError(`${option} ${name}: given twice`);
    found.set(name, { ...secret, certificate, key });
  }
  return [...found.values()];
}

/** A field name is a token (RFC 9110 section 5.1). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Parses `name: value`, as in curl. */
export function header(value: string): { readonly name: string; readonly value: string } {
  const colon = value.indexOf(":");
  const name = value.slice(0, Math.max(colon, 0));
  // A field value has no control characters except tabs (RFC 9110 section 5.5).
  if (!token.test(name) || /[^\t\x20-\x7e\x80-\uffff]/.test(value))
    throw new UsageError(`-H ${value}: expected 'name: value'`);
  return { name: name.toLowerCase(), value: value.slice(colon + 1).trim() };
}

/** Checks that a value is a token, such as the name of a header field (RFC 9110 section 5.6.2). */
export function fieldName(value: string, option: string): string {
  if (!token.test(value))
    throw new UsageError(`${option} ${value}: expected a token of letters, digits and -._~ or the like`);
  return value;
}
