/** The labels of an object, as its metadata carries them. */
export type Labels = Readonly<Record<string, string>>;

/** One requirement of a `LabelSelector` (Kubernetes meta/v1 `LabelSelectorRequirement`). */
export interface LabelSelectorRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`; with any other operator the requirement is never met. */
  readonly operator: string;
  /** For `In` and `NotIn`. */
  readonly values?: readonly string[];
}

/** Kubernetes meta/v1 `LabelSelector`: all its requirements must be met. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/**
 * Whether `labels` meet every requirement of `selector`. As in Kubernetes, an empty selector selects everything, an
 * absent one nothing, and `NotIn` is met by labels that lack the key.
 */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  const present = labels ?? {};
  const wanted = Object.entries(selector.matchLabels ?? {});
  return (
    wanted.every(([key, value]) => labelValue(present, key) === value) &&
    (selector.matchExpressions ?? []).every((requirement) => meets(requirement, present))
  );
}

/**
 * Whether `selector` may match an object of which only some labels are known: what is asked of the others may hold.
 *
 * @param known labels that the object has, whichever else it may have.
 */
export function mayMatchSelector(selector: LabelSelector | undefined, known: Labels): boolean {
  if (selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const keys = new Set([...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)]);
  return [...keys].every((key) => {
    const asked = requirementsOf(selector, key);
    if (Object.hasOwn(known, key)) return matchesSelector(asked, known);
    return valuesToTry(asked).some((value) => matchesSelector(asked, value === undefined ? {} : { [key]: value }));
  });
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector, wanted: string): LabelSelector {
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => key === wanted)),
    matchExpressions: matchExpressions.filter(({ key }) => key === wanted),
  };
}

/** Values of one label that tell whether requirements exclude one another: none, each that is named, and another one. */
function valuesToTry({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly (string | undefined)[] {
  const named = [...Object.values(matchLabels), ...matchExpressions.flatMap(({ values = [] }) => values)];
  return [undefined, ...named, named.reduce((longest, value) => `${longest}${value}`, "x")];
}

/**
 * A selector in the notation of `kubectl get --selector`: `team=shop,tier in (a,b),!legacy`. Requirements are sorted, so
 * that two selectors with the same requirements have the same text. Empty for a selector without requirements.
 */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const equalities = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...new Set([...equalities, ...matchExpressions.map(requirementText)])].sort().join(",");
}

function requirementText({ key, operator, values = [] }: LabelSelectorRequirement): string {
  const listed = [...new Set(values)].sort().join(",");
  switch (operator) {
    case "In":
      return `${key} in (${listed})`;
    case "NotIn":
      return `${key} notin (${listed})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return `${key} ${operator} (${listed})`;
  }
}

function meets({ key, operator, values = [] }: LabelSelectorRequirement, labels: Labels): boolean {
  const value = labelValue(labels, key);
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}

/** Own properties only: a label named `constructor` is present only if somebody set it. */
function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
