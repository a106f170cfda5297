// Select Graphic Rendition (ECMA-48), in the colours that git uses.
const SGR = {
  heading: '\u001b[1m',
  range: '\u001b[36m',
  removed: '\u001b[31m',
  added: '\u001b[32m',
  reset: '\u001b[m',
} as const;

/**
 * A unified diff for people: control characters, which could act on a terminal or hide what changes, are shown as U+FFFD. It can no
 * longer be applied.
 */
export function showDiff(diff: string, { colour }: { readonly colour: boolean }): string {
  let isHeading = true;
  const lines = diff.split('\n').map((line) => {
    // Inside of a hunk each line begins with a sign.
    if (line.startsWith('diff ')) isHeading = true;
    else if (line.startsWith('@@')) isHeading = false;
    const shown = line.replace(/\r$/, '').replace(/[^\P{Cc}\t]|\p{Bidi_Control}/gu, '\ufffd');
    const start = colour ? styleOf(line, isHeading) : undefined;
    return start === undefined ? shown : `${start}${shown}${SGR.reset}`;
  });
  return lines.join('\n');
}

function styleOf(line: string, isHeading: boolean): string | undefined {
  if (line === '') return undefined;
  if (isHeading) return SGR.heading;
  if (line.startsWith('@@')) return SGR.range;
  if (line.startsWith('-')) return SGR.removed;
  return line.startsWith('+') ? SGR.added : undefined;
}
