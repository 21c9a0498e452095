import type { Log } from "../../../proxy/control/log.ts";
import { jsonLine } from "../../printing/json.ts";
import type { Terminal } from "./terminal.ts";

/** Writes a log of one JSON object per line to standard error. */
export function jsonLog({ stderr }: Pick<Terminal, "stderr">): Log {
  return (level, message, fields = {}) => {
    stderr.write(jsonLine({ time: new Date().toISOString(), level, message, ...fields }));
  };
}
