import { OLD_ARCHIVE_LAYOUT } from '../archive/archive-layout.js';
import { archiveName } from '../archive/docker-archive.js';
import { PullpinError } from '../errors.js';
import type { Target } from '../prefetch/targets/target.js';

/** The archives with these names and tags inside. Those that no archive can have are skipped: a person may have typed them. */
export function archivesNamed(names: readonly string[], tags: readonly string[]): Target[] {
  return names.flatMap((name) => tags.flatMap((tag) => archiveOrNone(name, tag)));
}

function archiveOrNone(name: string, tag: string): Target[] {
  try {
    return [{ type: 'docker-archive', name: archiveName(name, tag) }];
  } catch (error) {
    if (error instanceof PullpinError) return [];
    throw error;
  }
}

/** The same archives as a skopeo before 1.2 wrote them: a pin may be that old. */
export function inOldLayout(targets: readonly Target[]): Target[] {
  return targets.flatMap((target) =>
    target.type === 'docker-archive' ? [{ ...target, layout: OLD_ARCHIVE_LAYOUT }] : [],
  );
}

/** Targets, each once, in their order. */
export function distinctTargets(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
}

/** Those targets that are not among others. */
export function targetsBeside(targets: readonly Target[], others: readonly Target[]): Target[] {
  return distinctTargets([...others, ...targets]).slice(distinctTargets(others).length);
}
