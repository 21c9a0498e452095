import { z } from "zod";

const form = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,]\d+)?(?:Z|[+-](\d{2}):(\d{2}))$/;

/** The schema of a time as the API server accepts it: RFC 3339 with an existing date. */
export function time() {
  return z.string().refine(isTime, {
    params: {
      code: "GW1105",
      format: "date-time",
      violation: {
        message: "The value is not a time.",
        allowed: "a time in RFC 3339, such as 2026-01-31T12:00:00Z",
        fix: "Write date, T, time and zone, or remove the field.",
      },
    },
  });
}

function isTime(text: string): boolean {
  const parts = form
    .exec(text)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (parts === undefined) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHours = 0, zoneMinutes = 0] = parts;
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= days;
  return isDate && hour < 24 && minute < 60 && second < 60 && zoneHours <= 24 && zoneMinutes < 60;
}
