// Reads pictures from the JSON file in the first argument with the parsers of common viewers, and prints what they
// understood.
import { readFileSync } from "node:fs";
import { instance } from "@viz-js/viz";
import { JSDOM } from "jsdom";

const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
const viz = await instance();

/** Decodes entity codes, which Mermaid keeps in a form of its own until it draws them as HTML. */
function drawn(text) {
  const markup = text.replaceAll("ﬂ°°", "&#").replaceAll("ﬂ°", "&").replaceAll("¶ß", ";");
  return markup.split("<br>").map((line) => {
    const element = window.document.createElement("p");
    element.innerHTML = line;
    if (element.childElementCount > 0) throw new Error(`markup in a label: ${line}`);
    return element.textContent;
  });
}

async function readMermaid(text) {
  // Registers the kinds of diagrams, and throws for invalid syntax.
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  const vertices = [...db.getVertices().values()];
  return {
    nodes: vertices.map(({ id, text: label, classes }) => ({ id, lines: drawn(label), classes })),
    edges: db.getEdges().map(({ start, end, text: label, type, stroke }) => {
      return { from: start, to: end, lines: label === "" ? [] : drawn(label), type, stroke };
    }),
  };
}

/** Reads the texts that Graphviz draws, after its escapes and entities. */
function readDot(text) {
  const picture = new window.DOMParser().parseFromString(viz.renderString(text, { format: "svg" }), "image/svg+xml");
  const groups = (name) =>
    [...picture.querySelectorAll(`g.${name}`)].map((group) => ({
      title: group.querySelector("title").textContent,
      lines: [...group.querySelectorAll("text")].map((line) => line.textContent),
    }));
  return { nodes: groups("node"), edges: groups("edge") };
}

function readXml(text) {
  const picture = new window.DOMParser().parseFromString(text, "image/svg+xml");
  const failed = picture.querySelector("parsererror");
  if (failed !== null) throw new Error(failed.textContent);
  return [...picture.querySelectorAll("g")].map((group) =>
    [...group.querySelectorAll("text")].map((line) => line.textContent),
  );
}

function readHtml(text) {
  const page = new JSDOM(text).window.document;
  return {
    elements: [...new Set([...page.querySelectorAll("*")].map(({ localName }) => localName))].sort(),
    cells: [...page.querySelectorAll("td, tbody th")].map((cell) => cell.textContent),
  };
}

const answers = [];
for (const picture of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  answers.push({
    mermaid: await readMermaid(picture.mermaid),
    dot: readDot(picture.dot),
    svg: readXml(picture.svg),
    html: readHtml(picture.html),
  });
}
process.stdout.write(JSON.stringify(answers));
