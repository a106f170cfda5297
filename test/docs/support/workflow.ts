import { parse } from 'yaml';

/**
 * The scripts that a workflow of GitHub, a job of GitLab or Renovate runs, in order: each `run`, and the lines of each `script` and of all `commands`
 * as one.
 */
export function scriptsOf(yaml: string): string[] {
  return [...scriptsIn(parse(yaml))];
}

function* scriptsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'run' && typeof inner === 'string') yield inner;
    else if (/(?:script|^commands)$/.test(key) && Array.isArray(inner)) yield inner.join('\n');
    else yield* scriptsIn(inner);
  }
}
