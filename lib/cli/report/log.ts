import type { Log } from "../../../proxy/control/log.ts";
import { jsonLine } from "../../printing/json.ts";
import type { Terminal } from "./terminal.ts";

/** One JSON object a line on standard error, for whatever collects logs. */
export function jsonLog({ stderr }: Pick<Terminal, "stderr">): Log {
  return (level, message, fields = {}) => {
    stderr.write(jsonLine({ time: new Date().toISOString(), level, message, ...fields }));
  };
}
