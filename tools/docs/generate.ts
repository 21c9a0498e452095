import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../build/layout.ts";
import { readCatalog } from "./catalog.ts";
import { metricsPage } from "./metrics-page.ts";
import { findingPages } from "./pages.ts";
import { withPersonaRights } from "./persona-rights.ts";
import { rightsPage } from "./rights.ts";

const directory = join(root, "docs/findings");
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const [name, page] of findingPages(await readCatalog())) writeFileSync(join(directory, name), page);
writeFileSync(join(root, "docs/metrics.md"), metricsPage());
writeFileSync(join(root, "docs/rights.md"), rightsPage());
const personas = join(root, "docs/personas.md");
writeFileSync(personas, withPersonaRights(readFileSync(personas, "utf8")));
