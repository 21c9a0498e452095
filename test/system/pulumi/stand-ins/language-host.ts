/**
 * A STAND-IN for pulumi-language-nodejs, for tests where the genuine one is not on PATH. It runs a program with the
 * runner of @pulumi/pulumi, as the genuine one does, and supports no other request to a language host.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

const require = createRequire(import.meta.url);
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb.js");
const runner = require.resolve("@pulumi/pulumi/cmd/run");

/** The exit code of the runner after it has reported an error to the user. */
const toldTheUser = 32;

type Answer<Response> = sendUnaryData<Response>;
type Call<Request> = ServerUnaryCall<Request, unknown>;

const engine = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));

async function run({ request }: Call<language.RunRequest>, answer: Answer<language.RunResponse>): Promise<void> {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const options = [
    ...["--monitor", request.getMonitorAddress(), "--engine", engine ?? ""],
    ...["--organization", request.getOrganization(), "--project", request.getProject(), "--stack", request.getStack()],
    ...["--pwd", request.getPwd(), "--parallel", String(request.getParallel())],
    ...(request.getDryrun() ? ["--dry-run"] : []),
  ];
  const entry = info?.getEntryPoint() ?? ".";
  const child = spawn(process.execPath, [runner, ...options, entry === "." ? "." : join(directory, entry)], {
    cwd: directory,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: "false",
    },
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const response = new language.RunResponse();
  if (code === toldTheUser) response.setBail(true);
  else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  answer(null, response);
}

function pluginInfo(_: Call<unknown>, answer: Answer<plugin.PluginInfo>): void {
  const info = new plugin.PluginInfo();
  const { version } = JSON.parse(readFileSync(require.resolve("@pulumi/pulumi/package.json"), "utf8"));
  info.setVersion(version as string);
  answer(null, info);
}

const unimplemented = (_: Call<unknown>, answer: Answer<never>) =>
  answer({ code: status.UNIMPLEMENTED, details: "not part of this stand-in" });

const server = new Server();
const service = LanguageRuntimeService as Parameters<Server["addService"]>[0];
server.addService(service, {
  ...Object.fromEntries(Object.keys(service).map((method) => [method, unimplemented])),
  run: (call: Call<language.RunRequest>, answer: Answer<language.RunResponse>) => void run(call, answer),
  getPluginInfo: pluginInfo,
  getRequiredPlugins: (_: Call<unknown>, answer: Answer<unknown>) =>
    answer(null, new language.GetRequiredPluginsResponse()),
  getRequiredPackages: (_: Call<unknown>, answer: Answer<unknown>) =>
    answer(null, new language.GetRequiredPackagesResponse()),
  cancel: (_: Call<unknown>, answer: Answer<empty.Empty>) => answer(null, new empty.Empty()),
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(port);
});
