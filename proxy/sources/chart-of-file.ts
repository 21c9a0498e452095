import { access } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";

/**
 * The directory of the innermost Helm chart that a file or a directory belongs to: a Chart.yaml stands beside it, or beside
 * the `templates` directory above it. Absent: it belongs to none.
 *
 * @returns the directory as a shell takes it from the working directory: `charts/shop`, `..`, `.`.
 */
export async function chartOfPath(path: string): Promise<string | undefined> {
  const whole = resolve(path);
  for (const directory of possibleCharts(whole)) {
    if (await exists(join(directory, "Chart.yaml")))
      return path.startsWith(sep) ? directory : relative("", directory) || ".";
  }
  return undefined;
}

/** The directory of the path, then the one above each `templates` directory that holds it, the innermost first. */
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
