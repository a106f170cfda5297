import { resolve } from 'node:path';
import packageJson from '../../../../package.json' with { type: 'json' };
import type { BumpPlan } from '../../../bump/bump-plan.js';
import { type PlanOrigin, printPlan } from '../../../bump/plan-file/print-plan.js';
import type { Shard } from '../../../bump/shards/shard.js';
import { printable, UsageError } from '../../../errors.js';
import type { PinFiles } from '../../../list/pin-files.js';
import { formatPlatform } from '../../../oci/platform.js';
import { digestOf } from '../../../oci/verified.js';
import type { Context } from '../../terminal/context.js';
import { checkOutput } from '../../terminal/output.js';
import type { BumpCommandSettings } from './options.js';

/** Finds out before any look-up whether a plan can be written, and whether its file is one that has pins. Throws a PullpinError. */
export async function checkPlanFile(file: string | undefined, { files }: PinFiles, context: Context): Promise<void> {
  if (file === undefined) return;
  const path = resolve(context.folder, file);
  if (files.some((each) => resolve(context.folder, each.path) === path) || /\.(?:nix|ya?ml|toml|lock)$/.test(file))
    throw new UsageError(
      `--plan ${printable(file, 200)} would replace a file that may have pins: name another one, such as plan.json`,
    );
  await checkOutput(file, context, '--plan');
}

/** The text of the plan file of a run. Throws a PlanPathError. */
export function planFileText(
  plan: BumpPlan,
  pinFiles: PinFiles,
  settings: BumpCommandSettings,
  { shard, since }: { readonly shard: Shard | undefined; readonly since: PinFiles | undefined },
): string {
  const { version: pullpin } = packageJson;
  const { words } = settings.operands;
  return printPlan(plan, pinFiles, { pullpin, shard, words, options: planOptions(settings, since) });
}

/** The options that decide which pins change and how, by their names. Plans of one bump have the same. */
function planOptions(settings: BumpCommandSettings, since: PinFiles | undefined): PlanOrigin['options'] {
  const { bumping, special, versions, chosen, platform, registries, signatures } = settings;
  return {
    hashes: bumping.correctsHashes,
    'pin-tags': bumping.pinsTags,
    'assume-tag': bumping.assumeTag ?? null,
    digest: bumping.digest,
    systems: bumping.systems,
    // The revision may have moved between two machines.
    since: since ? digestOf(JSON.stringify(since.files)) : null,
    'add-arch': special.addArch,
    unproven: special.unproven,
    tags: versions.tags ?? null,
    cooldown: versions.cooldown ?? null,
    include: [...chosen.include],
    exclude: [...chosen.exclude],
    platform: platform === undefined ? null : formatPlatform(platform),
    'registry-map': [...registries.registryMap],
    'verify-signature': signatures.map(({ name, keyFile }) => `${name}=${keyFile}`),
  };
}
