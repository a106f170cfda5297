/** A list of pins in the documented lines of `--json-lines` (docs/json.md): a line for each pin and for each problem, and the totals at last. */
export function* listLines<Pin extends object, Problem extends object>({
  pins,
  problems,
}: {
  readonly pins: readonly Pin[];
  readonly problems: readonly Problem[];
}): Generator<object> {
  for (const pin of pins) yield { type: 'pin', ...pin };
  for (const problem of problems) yield { type: 'problem', ...problem };
  yield { type: 'total', version: 1, pins: pins.length, problems: problems.length };
}
