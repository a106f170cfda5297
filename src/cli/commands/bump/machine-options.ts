import type { Shard } from '../../../bump/shards/shard.js';
import { printable, UsageError } from '../../../errors.js';
import { type IsTyped, optionGroup } from '../../options/option.js';

/** How several machines share one bump. */
export interface MachineSettings {
  /** Which part of the pins this run looks up; `auto` when the variables of the CI say it. */
  readonly shard: Shard | 'auto' | undefined;
  /** Where the plan is written, in place of the pins. */
  readonly planFile: string | undefined;
  /** Whether the words of the command are plans to carry out. */
  readonly isApply: boolean;
  readonly isTyped: IsTyped;
}

/** Of `pullpin bump`: see docs/fleet.md. */
export const MACHINES = optionGroup({
  title: 'Several machines',
  isRare: true,
  options: {
    shard: {
      type: 'value',
      value: 'K/N',
      help: 'Only part K of N of the images, counted from 1; auto: as the CI numbers its parallel jobs',
    },
    plan: {
      type: 'value',
      value: 'FILE',
      completion: 'file',
      help: 'Write the changes into FILE for --apply, and change no pins',
    },
    apply: { type: 'flag', help: 'Carry out the plans that the words name, those of all shards together' },
  },
  parse({ shard, plan, apply }, isTyped): MachineSettings {
    if (apply && plan !== undefined) throw new UsageError('--apply carries out what --plan has written: choose one');
    if (apply && shard !== undefined)
      throw new UsageError('--apply takes the plans of all shards, and does not go together with --shard');
    if (plan === '-') throw new UsageError('--plan writes a file: name one, such as --plan plan.json');
    return { shard: shard === undefined ? undefined : parseShard(shard), planFile: plan, isApply: apply, isTyped };
  },
});

/** The most machines of one bump. */
const MOST_SHARDS = 1000;

function parseShard(text: string): Shard | 'auto' {
  if (text === 'auto') return text;
  const [, index, count] = /^([0-9]{1,4})\/([0-9]{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index === undefined || shard.count > MOST_SHARDS)
    throw new UsageError(`--shard is auto or K/N such as 2/8, not '${printable(text, 100)}'`);
  if (shard.index < 1 || shard.index > shard.count)
    throw new UsageError(`--shard ${text}: K goes from 1 to N, as in 2/8`);
  return shard;
}
