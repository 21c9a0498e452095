import { access } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";

/**
 * Returns the innermost Helm chart that contains a file or a directory: one whose Chart.yaml is beside it, or beside
 * the `templates` directory above it. Undefined: no chart contains it.
 *
 * @returns the directory for a shell in the working directory: `charts/shop`, `..`, `.`.
 */
export async function chartOfPath(path: string): Promise<string | undefined> {
  const whole = resolve(path);
  for (const directory of possibleCharts(whole)) {
    if (await exists(join(directory, "Chart.yaml")))
      return path.startsWith(sep) ? directory : relative("", directory) || ".";
  }
  return undefined;
}

/** Returns the directory of the path, then the parent of each `templates` directory above it, the innermost first. */
function possibleCharts(path: string): readonly string[] {
  const segments = path.split(sep);
  const above = segments.flatMap((segment, place) =>
    segment === "templates" ? [segments.slice(0, place).join(sep) || sep] : [],
  );
  return [dirname(path), ...above.reverse()];
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
