import { contractCodes } from "../../findings/catalog/contracts.ts";
import type { Finding } from "../../findings/finding.ts";
import type { AnyObject } from "../declared/declared.ts";
import { validateBy } from "../load/validate.ts";
import { contractGroup, contractVersion, type GatewayContract, gatewayContract } from "./contract.ts";

/** A contract, or the findings that explain why it cannot be read. */
export interface ContractRead {
  readonly contract?: GatewayContract;
  /** Findings without object and origin. */
  readonly findings: readonly Finding[];
}

/** Returns true if an object claims to be a contract, of any version. */
export function isContract({ apiVersion, kind }: Pick<AnyObject, "apiVersion" | "kind">): boolean {
  return kind === "GatewayContract" && typeof apiVersion === "string" && apiVersion.startsWith(`${contractGroup}/`);
}

/** Reads and validates a contract. Never throws, for any `value`. */
export function readContract(value: unknown): ContractRead {
  const { apiVersion, kind } = (value ?? {}) as Partial<AnyObject>;
  const read = `${contractGroup}/v${contractVersion}`;
  if (kind === "GatewayContract" && typeof apiVersion === "string" && apiVersion !== read) {
    return { findings: [otherVersion(apiVersion, read)] };
  }
  const { value: contract, findings } = validateBy(value, gatewayContract);
  return contract === undefined ? { findings } : { contract: contract as GatewayContract, findings };
}

function otherVersion(apiVersion: string, read: string): Finding {
  const version = Number(/^gatewright\.dev\/v(\d{1,6})$/.exec(apiVersion)?.[1]);
  const newer = version > contractVersion;
  return {
    code: "GW2601",
    severity: "error",
    field: "apiVersion",
    message: newer
      ? `The contract is of version ${apiVersion}, which is newer than this version of Gatewright reads.`
      : `There is no contract of version ${apiVersion}.`,
    given: apiVersion.slice(0, 200),
    allowed: read,
    fix: newer ? contractCodes.GW2601.fix : `Write apiVersion: ${read}, or have the contract made again.`,
  };
}
