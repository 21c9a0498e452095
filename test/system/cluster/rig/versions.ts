/** The versions of a test cluster's parts. To use another release, change it here and in the go.mod beside it. */
export const versions = {
  kubernetes: "v1.36.3",
  etcd: "v3.7.3",
  /** The conformance suite's backend. */
  echoBasic: "v0.1.0",
  /** The version of Pulumi's command. The npm packages of the tests have the same release. */
  pulumi: "v3.259.0",
  /** The module of Pulumi's Kubernetes provider: the newest that the module proxy serves, source of provider 4.25. */
  pulumiKubernetes: "v4.0.0-20260115033456-f47bc2d6f199",
  /** The version that the built provider reports: that of `@pulumi/kubernetes`, which requires at least this one. */
  pulumiKubernetesRelease: "4.34.2",
} as const;

const [major, minor] = versions.kubernetes.slice(1).split(".");
const versionPackage = "k8s.io/component-base/version";

export type ProgramName =
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kubelet"
  | "kube-scheduler"
  | "kube-proxy"
  | "kubectl"
  | "etcd"
  | "echo-basic";

/** A program that the go command builds from published modules, pinned by the go.sum of its directory under rig/go. */
export interface GoProgram {
  readonly name: ProgramName | "pulumi" | "pulumi-resource-kubernetes";
  readonly version: string;
  /** Directory under rig/go. */
  readonly module: string;
  readonly package: string;
  /** Variables set by the linker. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Files that the program embeds, made from files of a module. */
  readonly embedded?: EmbeddedFiles;
}

/** JSON files of a module that a program embeds, each under its own name beside the program's main package. */
export interface EmbeddedFiles {
  readonly module: string;
  /** Directory of the files within the module. */
  readonly directory: string;
  /** The fields to add to each file, by its name. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const ofKubernetes = (name: ProgramName): GoProgram => ({
  name,
  version: versions.kubernetes,
  module: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  // The version that the programs report; without it, v0.0.0-master.
  variables: {
    [`${versionPackage}.gitVersion`]: versions.kubernetes,
    [`${versionPackage}.gitMajor`]: major ?? "",
    [`${versionPackage}.gitMinor`]: minor ?? "",
    [`${versionPackage}.gitTreeState`]: "clean",
  },
});

/** The programs in the order of their builds: slow ones first, each after those that it shares packages with. */
export const goPrograms: readonly GoProgram[] = [
  ofKubernetes("kube-apiserver"),
  ofKubernetes("kube-controller-manager"),
  ofKubernetes("kubelet"),
  ofKubernetes("kube-scheduler"),
  ofKubernetes("kube-proxy"),
  ofKubernetes("kubectl"),
  { name: "etcd", version: versions.etcd, module: "etcd", package: "." },
  {
    name: "echo-basic",
    version: versions.echoBasic,
    module: "echo-basic",
    package: "sigs.k8s.io/gateway-api-conformance-images/echo-basic",
  },
];

/** The command of Pulumi, which is not part of a cluster. */
export const pulumiCommand: GoProgram = {
  name: "pulumi",
  version: versions.pulumi,
  module: "pulumi",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  // Without a version, Pulumi's libraries refuse the command.
  variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": versions.pulumi },
};

const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/** Pulumi's Kubernetes provider. Its module lacks two files that its releases generate and its main package embeds. */
export const pulumiKubernetesProvider: GoProgram = {
  name: "pulumi-resource-kubernetes",
  version: versions.pulumiKubernetes,
  module: "pulumi-kubernetes",
  package: ".",
  variables: { [`${providerModule}/pkg/version.Version`]: versions.pulumiKubernetesRelease },
  embedded: {
    module: providerModule,
    directory: "cmd/pulumi-resource-kubernetes",
    files: { "schema.json": { version: versions.pulumiKubernetesRelease }, "terraform-mapping.json": {} },
  },
};

/** The file of each program. */
export type Programs = Readonly<Record<ProgramName, string>>;
