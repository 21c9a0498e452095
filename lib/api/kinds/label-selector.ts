/** The labels in an object's metadata. */
export type Labels = Readonly<Record<string, string>>;

/** A requirement of a `LabelSelector` (Kubernetes meta/v1 `LabelSelectorRequirement`). */
export interface LabelSelectorRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`. A requirement with another operator is never met. */
  readonly operator: string;
  /** The values for `In` and `NotIn`. */
  readonly values?: readonly string[];
}

/** A Kubernetes meta/v1 `LabelSelector`. All of its requirements must be met. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/**
 * Returns true if `labels` meet all requirements of `selector`. As in Kubernetes, an empty selector selects everything,
 * an absent selector selects nothing, and labels without the key meet `NotIn`.
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
 * Returns true if `selector` may match an object with partly known labels. Requirements on unknown labels may hold.
 *
 * @param known labels that the object has. It may have others.
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

/**
 * Label values that reveal whether requirements exclude each other: none, each value that is named, and another one.
 */
function valuesToTry({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly (string | undefined)[] {
  const named = [...Object.values(matchLabels), ...matchExpressions.flatMap(({ values = [] }) => values)];
  return [undefined, ...named, named.reduce((longest, value) => `${longest}${value}`, "x")];
}

/**
 * A selector in the notation of `kubectl get --selector`: `team=shop,tier in (a,b),!legacy`. Requirements are sorted,
 * so selectors with equal requirements have equal texts. The text is empty if there are no requirements.
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

/** Reads own properties only, so a label named `constructor` is present only if it is set. */
function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
