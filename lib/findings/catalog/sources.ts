import type { Codes } from "./entry.ts";

/** The codes about sources that cannot be read or have unsuitable content. */
export const sourceCodes = {
  GW1001: {
    title: "Malformed document",
    explanation:
      "The text is not a YAML 1.2 or JSON document in UTF-8, or a mapping in it holds a key twice. The other documents of the stream are read.",
    fix: "Correct the syntax at the place that the finding names.",
  },
  GW1002: {
    title: "File or document too large",
    explanation:
      "A document, or an item of a List, may have 3 MiB, which is the largest request the API server reads, and 500,000 tokens; a file 64 MiB. Larger ones are not parsed.",
    fix: "Divide the objects over several documents or files.",
  },
  GW1003: {
    title: "Nesting or aliases beyond the limit",
    explanation:
      "A document may nest 64 collections, and its aliases (*name) may expand to 10,000 values in all. What goes beyond is no manifest, and would cost time and memory without bound.",
    fix: "Write the document without aliases, or with shallower nesting.",
  },
  GW1004: {
    title: "Not a Kubernetes object",
    explanation:
      "Each document holds an object with apiVersion, kind and metadata.name, or a List of such objects. GatewayClass, Gateway, HTTPRoute, TCPRoute, TLSRoute, UDPRoute, BackendPolicy and ServiceImport may lack the apiVersion, as they were printed in 2021.",
    fix: "Complete the object, or remove the document from the sources.",
  },
  GW1005: {
    title: "Unknown kind or version",
    explanation:
      "The apiVersion belongs to the Gateway API, or the kind to those that Gatewright reads, but there is no such kind, or no such version of it. Objects of other kinds are passed through untouched.",
    fix: "Write the apiVersion and kind that the finding suggests.",
  },
  GW1006: {
    title: "Declared twice in one source",
    explanation:
      "Two objects of one source have the same group, kind, namespace and name. A later source may replace an object of an earlier one; within one source it is taken for a mistake, and the first declaration counts.",
    fix: "Remove or rename one of the two.",
  },
  GW1007: {
    title: "The module failed",
    explanation:
      "The TypeScript or JavaScript module could not be loaded, does not export a function as its default, or threw while it ran.",
    fix: "Correct the module at the place that the finding names.",
  },
  GW1008: {
    title: "The source cannot be read",
    explanation:
      "The file or directory does not exist, may not be read, or holds no manifests. While sources are watched, what was read last stays in force until the source is back.",
    fix: "Check the path and its permissions.",
  },
  GW1009: {
    title: "Replaced by a later source",
    explanation:
      "A later SOURCE on the command line declares the same object; its declaration takes the place of the earlier one, whole. So does a filter of the same group and kind that a later module registers.",
    fix: "Nothing needs to be done if that was intended.",
  },
  GW1010: {
    title: "Filters cannot be registered",
    explanation:
      "A module registers filters for ExtensionRef by exporting a list of them as `filters`, each made by `defineFilter` of gatewright/filters, each group and kind once.",
    fix: "Export `filters` as such a list.",
  },
  GW1056: {
    title: "Checked, and not routed by",
    explanation:
      "XBackend, XBackendTrafficPolicy, XMesh and XTelemetryPolicy are kinds that the Gateway API tries out (gateway.networking.x-k8s.io/v1alpha1, experimental channel). Their objects are checked as the API server checks them and printed as they are; explain, simulate, plan and the embedded proxy do not read them.",
    fix: "Ask the controller of the class what it does with them.",
  },
  GW1055: {
    title: "The API server makes the name",
    explanation:
      "The object has metadata.generateName and no name: the API server appends five characters when it creates the object. Here it has a name of that form, which synth writes too.",
    fix: "Give the object a metadata.name: kubectl apply and references of other objects need one.",
  },
  GW1035: {
    title: "A file to be rendered first",
    explanation:
      "The file is part of a kustomization or of a Helm chart, or a template with `{{ … }}`: not a manifest, but what manifests are made from. Found through a directory it is passed over with a note, and what it does to the manifests beside it (a namespace, a prefix, a patch) is not known; named itself it is an error.",
    fix: "Render it first, and read the result: `kustomize build DIR | gatewright check -`, `helm template DIR | gatewright check -`.",
  },
  GW1036: {
    title: "A file without Kubernetes objects",
    explanation:
      "A YAML or JSON file of a directory holds no Kubernetes object, as package.json or docker-compose.yaml. It is passed over. A text that could be a manifest with a mistake is never passed over: it is an error.",
    fix: "Nothing needs to be done. `--ignore-path` and a `.gatewrightignore` file leave it out without a note.",
  },
  GW1037: {
    title: "Traffic that another API routes",
    explanation:
      "Objects such as Ingress, VirtualService or HTTPProxy route traffic too, by rules that Gatewright does not read. They are passed through untouched and not checked, and explain, simulate and plan know nothing of them.",
    fix: "Write the routes as objects of the Gateway API; `ingress2gateway print` translates many of them.",
  },
  GW1038: {
    title: "An ignore rule that cannot be used",
    explanation:
      "A rule that ignores findings names a code, may name an object, and has a reason. Codes of what cannot be read (GW1001 to GW1004, GW1007, GW1008) cannot be ignored, since nothing could be said about the rest.",
    fix: "Complete the rule: `--ignore 'CODE[@KIND NAMESPACE/NAME]=REASON'`, an entry under `ignore` in `.gatewright.yaml`, or the annotation `gatewright.dev/ignore: \"CODE: reason\"`.",
  },
  GW1039: {
    title: "An ignore rule that ignores nothing",
    explanation: "No finding has the rule's code and is about its object. What it was for may have been mended.",
    fix: "Remove the rule.",
  },
} as const satisfies Codes;
