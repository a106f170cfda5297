const DURATION = /^(\d{1,5})(h|d|w)$/;
const HOUR = 60 * 60 * 1000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR, w: 7 * 24 * HOUR };

/** Reads a time such as `7d`, `12h` or `2w`, or `0`, as milliseconds; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const [, digits = '', unit = ''] = DURATION.exec(text) ?? [];
  const length = UNITS[unit];
  return length === undefined ? undefined : Number(digits) * length;
}
