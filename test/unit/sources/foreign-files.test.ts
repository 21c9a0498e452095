import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import type { SourceContent } from "../../../lib/api/load/sources.ts";
import { openSources } from "../../../proxy/sources/open.ts";
import { objectsOf, service, workspace } from "./workspace.ts";

const at = workspace();

async function read(name: string, ignorePaths: readonly string[] = [], stdin = ""): Promise<SourceContent> {
  const argument = name === "-" ? "-" : at.path(name);
  const sources = await openSources([argument], { objectsOf, stdin: Readable.from([stdin]), ignorePaths });
  const [content] = sources.current();
  assert(content !== undefined);
  return content;
}

const names = ({ declared }: SourceContent) => declared.map(({ object }) => object.metadata.name).sort();
const told = ({ findings }: SourceContent) => findings.map(({ code, severity }) => `${severity} ${code}`).sort();

const chartYaml = "apiVersion: v2\nname: x\nversion: 1.0.0\n";

/** Files that are no manifests, with the code of their note. */
const foreign: readonly (readonly [name: string, text: string, code: string])[] = [
  ["kustomization.yaml", "resources: [route.yaml]\nnamespace: prod\n", "GW1035"],
  ["kustomization.yml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n", "GW1035"],
  [
    "overlay.yaml",
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nmetadata: {name: c}\npatches: []\n",
    "GW1035",
  ],
  ["Chart.yaml", chartYaml, "GW1035"],
  ["tpl.yaml", 'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ include "x" . }}\n', "GW1035"],
  ["quoted.yaml", 'apiVersion: v1\nkind: Service\nmetadata: {name: "{{ .Values.name }}"}\n', "GW1035"],
  ["loop.yaml", "{{- range .Values.all }}\napiVersion: v1\nkind: Service\n{{- end }}\n", "GW1035"],
  ["appset.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {{values}}\n", "GW1035"],
  ["docker-compose.yaml", "version: '3'\nservices: {web: {image: nginx}}\n", "GW1036"],
  ["package.json", '{"name": "x", "version": "1.0.0", "kind": "module"}', "GW1036"],
  ["tsconfig.json", '{\n  // comments are no JSON\n  "compilerOptions": {},\n}\n', "GW1036"],
  ["workflow.yml", "name: ci\non: [push]\njobs: {}\n", "GW1036"],
  ["kubeconfig.yaml", "apiVersion: v1\nkind: Config\nclusters: []\n", "GW1036"],
  ["kind.yaml", "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: []\n", "GW1036"],
  ["list.json", "[1, 2, 3]", "GW1036"],
  ["text.yaml", "just a text", "GW1036"],
];

for (const [name, text, code] of foreign) {
  test(`${name} of a directory (${text.slice(0, 40).replaceAll("\n", "⏎")}) is passed over with a note`, async () => {
    await rm(at.path("foreign"), { recursive: true, force: true });
    await at.write({ [`foreign/${name}`]: text, "foreign/service.yaml": service("one") });
    const content = await read("foreign");
    assert.deepEqual(names(content), ["one"]);
    assert.deepEqual(told(content), [`note ${code}`]);
    assert.ok(content.findings[0]?.fix);
  });
}

test("mistakes in what is meant as a manifest stay errors", async () => {
  const mistakes = [
    "apiVersion: v1\nmetadata: {name: x}\n",
    "kind: Service\nmetadata: {name: x}\n",
    "apiVersion: v1\nkind: Service\n",
    "apiVersion: v1\nkind: Service\nspec: {}\n",
    "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: x}\n  bad: indentation\n",
    'apiVersion: v1\nkind: Service\nmetadata: {name: x, annotations: {note: "{{ later }}"}}\n  bad: indentation\n',
    "kind: ServiceList\nitems: [1]\n",
  ];
  for (const text of mistakes) {
    await rm(at.path("mistakes"), { recursive: true, force: true });
    await at.write({ "mistakes/kustomization.yaml": "resources: []\n", "mistakes/x.yaml": text });
    const content = await read("mistakes");
    assert.ok(
      content.findings.some(
        ({ severity, origin }) => severity === "error" && JSON.stringify(origin).includes("x.yaml"),
      ),
      text,
    );
  }
});

test("braces in values are no template, and Flux' Kustomization is an object", async () => {
  await at.write({
    "valid/rule.yaml":
      'apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: rule}\nspec: {summary: "{{ $labels.pod }}"}\n',
    "valid/flux.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: flux}\nspec: {}\n",
  });
  const content = await read("valid");
  assert.deepEqual([names(content), told(content)], [["flux", "rule"], []]);
});

test("a chart's values, templates and subcharts belong to it; manifests in its directory are read", async () => {
  await at.write({
    "chart/Chart.yaml": chartYaml,
    "chart/values.yaml": "replicas: 2\n",
    "chart/values.schema.json": '{"type": "object"}',
    "chart/crds/crd.yaml": service("crd"),
    "chart/templates/deep/x.yaml": "a: {{ .x }}\n",
    "chart/charts/sub/Chart.yaml": chartYaml,
    "chart/charts/sub/values.yaml": "a: 1\n",
  });
  const content = await read("chart");
  assert.deepEqual(names(content), ["crd"]);
  assert.deepEqual(
    told(content),
    Array.from({ length: 6 }, () => "note GW1035"),
  );
  const fixes = new Set(content.findings.map(({ fix }) => fix));
  assert.deepEqual(
    [...fixes].sort(),
    ["chart", "chart/charts/sub"]
      .map((chart) => `Render it first: helm template ${at.path(chart)} | gatewright check -`)
      .sort(),
  );
});

test("the patches that a kustomization names are no objects", async () => {
  await at.write({
    "overlay/kustomization.yaml":
      "resources: [route.yaml]\npatches: [{path: patch.yaml}]\npatchesStrategicMerge: [merge.yaml]\nreplacements: [{path: ../overlay/r.yaml}]\n",
    "overlay/route.yaml": service("route"),
    "overlay/patch.yaml": "- {op: remove, path: /spec}\n",
    "overlay/merge.yaml": service("route"),
    "overlay/r.yaml": service("replacement"),
  });
  const content = await read("overlay");
  assert.deepEqual(names(content), ["route"]);
  assert.deepEqual(
    told(content),
    Array.from({ length: 4 }, () => "note GW1035"),
  );
});

test("the same files named on the command line, or piped, are errors that say what to do", async () => {
  const cases = foreign.filter(([, , code]) => code === "GW1035");
  for (const [name, text] of cases) {
    await at.write({ [`named/${name}`]: text });
    for (const content of [await read(`named/${name}`), await read("-", [], text)]) {
      // Standard input has no file name, so a kustomization without apiVersion is only a mapping there.
      if (content.name === "-" && !/apiVersion|\{\{/.test(text)) continue;
      if (content.name === "-" && name === "Chart.yaml") continue;
      assert.deepEqual([content.declared, told(content)], [[], ["error GW1035"]], name);
      assert.match(content.findings[0]?.fix ?? "", /^Render it first/);
    }
  }
  await at.write({ "named/values.yaml": "a: 1\n", "named/deep/package.json": "{}" });
  assert.deepEqual(told(await read("named/values.yaml")), ["error GW1035"], "Chart.yaml stands beside it");
  assert.deepEqual(told(await read("named/deep/package.json")), ["error GW1004"]);
});

test("random directories: the objects that are read are those of the manifests alone", async () => {
  const directory = fc.constantFrom("", "a/", "a/b/", "c/");
  const manifest = fc.record({ directory, kind: fc.constantFrom("yaml", "yml", "json") });
  const stranger = fc.record({ directory, file: fc.nat(foreign.length - 1) });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(manifest, { maxLength: 6 }),
      fc.array(stranger, { minLength: 1, maxLength: 8 }),
      async (manifests, strangers) => {
        run += 1;
        const own = manifests.map((one, index) => {
          const name = `m${index}`;
          const object = { apiVersion: "v1", kind: "Service", metadata: { name } };
          const text = one.kind === "json" ? JSON.stringify(object) : service(name);
          return [`p${run}/${one.directory}${name}.${one.kind}`, text] as const;
        });
        const others = strangers.map(({ directory: where, file }) => {
          const [name, text] = foreign[file] ?? ["", ""];
          return [`p${run}/${where}${name}`, text] as const;
        });
        await at.write(Object.fromEntries([...own, ...others]));
        const content = await read(`p${run}`);
        assert.deepEqual(names(content), own.map((_, index) => `m${index}`).sort());
        assert.equal(content.findings.length, new Set(others.map(([name]) => name)).size);
        assert.ok(content.findings.every(({ severity }) => severity === "note"));
      },
    ),
    { numRuns: 60 },
  );
});

test("paths are left out by patterns of the command line and of ignore files, as git does it", async () => {
  await at.write({
    "ignored/a.yaml": service("a"),
    "ignored/b.yaml": service("b"),
    "ignored/gen/c.yaml": service("c"),
    "ignored/sub/d.yaml": service("d"),
    "ignored/sub/e.yaml": service("e"),
    "ignored/sub/broken.yaml": "a: [",
    "ignored/.gatewrightignore": "# generated\ngen/\n*.tmp.yaml\n/sub/d.yaml\n",
    "ignored/sub/.gatewrightignore": "broken.yaml\n!d.yaml\n",
    "ignored/x.tmp.yaml": "a: [",
  });
  const content = await read("ignored", ["b.*"]);
  assert.deepEqual([names(content), told(content)], [["a", "d", "e"], []]);
  assert.deepEqual(names(await read("ignored/a.yaml", ["a.yaml"])), ["a"], "a file that is named is read");
});

test("a change of an ignore file is a change of its directory", async () => {
  await at.write({ "watched/a.yaml": service("a"), "watched/b.yaml": service("b") });
  const sources = await openSources([at.path("watched")], { objectsOf, stdin: Readable.from([]) });
  const changed = Promise.withResolvers<readonly SourceContent[]>();
  const watch = sources.watch(changed.resolve);
  try {
    await at.write({ "watched/.gatewrightignore": "b.yaml\n" });
    const [content] = await changed.promise;
    assert(content !== undefined);
    assert.deepEqual(names(content), ["a"]);
  } finally {
    await watch.close();
  }
});

test("a template names the chart to render, however deep it stands and whichever part of the chart is read", async () => {
  const template = "metadata:\n  name: {{ .Release.Name }}\n";
  await rm(at.path("shop"), { recursive: true, force: true });
  await at.write({
    "shop/Chart.yaml": chartYaml,
    "shop/templates/route.yaml": template,
    "shop/templates/edge/deep/gateway.yaml": template,
  });
  const render = `Render it first: helm template ${at.path("shop")} | gatewright check -`;
  const parts = ["templates/route.yaml", "templates/edge/deep/gateway.yaml", "templates", "templates/edge", "."];
  for (const part of parts) {
    const { findings } = await read(`shop/${part}`);
    assert.deepEqual([...new Set(findings.map(({ fix }) => fix))], [render], part);
  }
});
