/** What a cluster of the tests is made of. To move to another release: change it here and in the go.mod beside it. */
export const versions = {
  kubernetes: "v1.36.3",
  etcd: "v3.7.3",
  /** The conformance suite's backend. */
  echoBasic: "v0.1.0",
  /** Of its command; the packages of Node.js that the tests use are of the same release. */
  pulumi: "v3.259.0",
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
  readonly name: ProgramName | "pulumi";
  readonly version: string;
  /** Directory under rig/go. */
  readonly module: string;
  readonly package: string;
  /** Variables set by the linker. */
  readonly variables?: Readonly<Record<string, string>>;
}

const ofKubernetes = (name: ProgramName): GoProgram => ({
  name,
  version: versions.kubernetes,
  module: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  // What the programs answer when asked for their version: without it, v0.0.0-master.
  variables: {
    [`${versionPackage}.gitVersion`]: versions.kubernetes,
    [`${versionPackage}.gitMajor`]: major ?? "",
    [`${versionPackage}.gitMinor`]: minor ?? "",
    [`${versionPackage}.gitTreeState`]: "clean",
  },
});

/** In the order in which they are built: those that take longest first, each after what it shares packages with. */
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

/** The command of Pulumi, which is no part of a cluster. */
export const pulumiCommand: GoProgram = {
  name: "pulumi",
  version: versions.pulumi,
  module: "pulumi",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  // Without it the command is of no version, and its libraries refuse it.
  variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": versions.pulumi },
};

/** Every program's file. */
export type Programs = Readonly<Record<ProgramName, string>>;
