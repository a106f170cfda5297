/** A part of a whole for the width of a bar: from 0 to 100, with two decimals. */
export function percent(part: number, whole: number): string {
  return whole > 0 ? ((100 * Math.min(part, whole)) / whole).toFixed(2) : '0';
}
