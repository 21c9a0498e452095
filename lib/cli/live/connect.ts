import { Option } from "commander";
import { ApiServer } from "../../../proxy/sources/kubernetes/api-server.ts";
import {
  KubeConfigError,
  type KubeConfigOptions,
  kubeConfigCredentials,
} from "../../../proxy/sources/kubernetes/kube-config.ts";
import { UsageError } from "../report/terminal.ts";
import { version } from "../version.ts";

/** Options of every command that reads a cluster. */
export interface LiveOptions {
  readonly live?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export const kubeconfigOption = () =>
  new Option("--kubeconfig <file>", "kubeconfig to use with --live; by default as kubectl");
export const contextOption = () => new Option("--context <name>", "context of the kubeconfig");

/**
 * Makes a client from the kubeconfig, without sending a request yet.
 *
 * @throws UsageError that says what is wrong with the kubeconfig.
 */
export async function connect(command: string, { kubeconfig, context }: LiveOptions): Promise<ApiServer> {
  const options: KubeConfigOptions = { file: kubeconfig, context };
  try {
    return new ApiServer(await kubeConfigCredentials(options), `gatewright/${version}`);
  } catch (error) {
    if (error instanceof KubeConfigError) throw new UsageError(`${command} --live: ${error.message}`);
    throw error;
  }
}
