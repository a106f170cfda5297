import { join } from 'node:path';
import { PullpinError } from '../errors.js';
import { isSystemError } from '../machine/file-errors.js';
import type { Machine } from '../machine/machine.js';
import { readTextFile } from '../machine/regular-file.js';
import { type Answer, answer } from './answer.js';

/** What the policy of skopeo says, which podman and skopeo follow by themselves; pullImage runs skopeo without any. */
export async function checkSkopeoPolicy({
  environment,
  home,
}: Pick<Machine, 'environment' | 'home'>): Promise<Answer[]> {
  const own = join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'containers/policy.json');
  for (const file of [own, '/etc/containers/policy.json']) {
    const text = await textOf(file);
    if (text !== undefined) return [policyAnswer(file, text)];
  }
  return [answer('skopeo-policy', 'ok', 'there is no policy.json; pullImage needs none')];
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readTextFile(file);
  } catch (error) {
    if (error instanceof PullpinError || isSystemError(error)) return undefined;
    throw error;
  }
}

function policyAnswer(file: string, text: string): Answer {
  const kinds = defaultKinds(text);
  if (kinds === undefined)
    return answer('skopeo-policy', 'warning', `${file} is not JSON, so skopeo and podman refuse all images`);
  if (kinds.every((kind) => kind === 'insecureAcceptAnything'))
    return answer('skopeo-policy', 'ok', `${file} accepts all images, and pullImage asks no policy`);
  const message = `${file} has other rules than to accept all images: pullImage asks no policy, so a build may fetch what podman refuses`;
  return answer('skopeo-policy', 'warning', message);
}

function defaultKinds(text: string): readonly unknown[] | undefined {
  try {
    const policy: unknown = JSON.parse(text);
    const rules: unknown = Object(policy).default;
    return Array.isArray(rules) ? rules.map((rule: unknown) => Object(rule).type as unknown) : [];
  } catch {
    return undefined;
  }
}
