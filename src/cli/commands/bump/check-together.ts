import { UsageError } from '../../../errors.js';
import { optionsOf } from '../../options/command.js';
import { checkOneStdin } from '../../options/registries.js';
import type { Context } from '../../terminal/context.js';
import { checkTerminal } from './ask.js';
import { BUMP, type BumpCommandSettings, nameOption } from './options.js';

/** Throws a UsageError for options that make no sense together. */
export function checkBumpOptions(settings: BumpCommandSettings, context: Context): void {
  const { operands, bumping, output, registries, store, versions, backend } = settings;
  checkMachines(settings);
  if (bumping.correctsHashes && versions.isCooldownTyped)
    throw new UsageError('--hashes moves to no image, and does not go together with --cooldown');
  if (bumping.correctsHashes && versions.isTyped)
    throw new UsageError('--hashes keeps tags and digests as they are, and does not go together with --tags');
  if (store.isWanted && (bumping.isCheck || bumping.isDryRun))
    throw new UsageError('--store keeps what is written into files: leave out --check and --dry-run');
  if (backend === 'skopeo' && store.isWanted)
    throw new UsageError('--store keeps what pullpin writes, and does not go together with --backend skopeo');
  if (!operands.isStdin) {
    if (bumping.isInteractive) {
      checkOneStdin(true, registries, '--interactive');
      checkTerminal(context);
    }
    return;
  }
  if (!bumping.isCheck && output.format !== 'table')
    throw new UsageError(`- and ${nameOption(output.format)} would both be printed: choose one`);
  if (bumping.isInteractive)
    throw new UsageError('- reads stdin, where --interactive would read the answer: choose one');
  if (bumping.since !== undefined) throw new UsageError('--since asks git about files, and does not go with -');
  checkOneStdin(true, registries);
}

/** The options that mean something for plans that were made already. Of the others, the plans say what was wanted. */
const OF_APPLY: ReadonlySet<string> = new Set([
  ...['apply', 'dry-run', 'check', 'json', 'json-lines', 'diff', 'markdown', 'commit-message'],
  ...['quiet', 'verbose', 'cache'],
]);

/** Throws a UsageError for options that make no sense with a plan. */
function checkMachines(settings: BumpCommandSettings): void {
  const { machines, bumping, operands, output } = settings;
  const option = machines.isApply ? '--apply' : machines.planFile === undefined ? '--shard' : '--plan';
  const refuse = (isThere: boolean, other: string, why: string): void => {
    if (isThere) throw new UsageError(`${option} ${why}, and does not go together with ${other}`);
  };
  if (machines.isApply) {
    if (operands.words.length === 0)
      throw new UsageError('--apply wants the plans of all shards: write pullpin bump --apply PLAN...');
    const other = Object.keys(optionsOf(BUMP)).find((name) => machines.isTyped(name) && !OF_APPLY.has(name));
    refuse(other !== undefined, `--${other}`, 'writes what the plans say');
    refuse(operands.isStdin, '-', 'reads files');
  }
  if (machines.planFile !== undefined) {
    refuse(bumping.isCheck, '--check', 'needs the changes, which take hashes');
    refuse(bumping.isDryRun, '--dry-run', 'writes no pins anyway');
    refuse(
      output.commitMessageFile !== undefined || output.format === 'commit-message',
      '--commit-message',
      'changes nothing yet',
    );
  }
  if (machines.shard !== undefined || machines.planFile !== undefined)
    refuse(operands.isStdin, '-', 'is for files that several machines have');
}
