import type { Answer } from '../../../doctor/answer.js';
import { diagnose } from '../../../doctor/doctor.js';
import { printable } from '../../../errors.js';
import { openBareRegistries, openRegistries } from '../../resources/registries.js';
import type { Context } from '../../terminal/context.js';
import { EXIT } from '../../terminal/exit-code.js';
import { jsonText } from '../../terminal/outcome.js';
import { writeOutput } from '../../terminal/output.js';
import { Report } from '../../terminal/report.js';
import type { DoctorCommandSettings } from './options.js';

export async function runDoctor(settings: DoctorCommandSettings, context: Context): Promise<number> {
  const { operands: image, json, loudness } = settings;
  const report = new Report(context, loudness);
  const run = { registries: image ? [image.registry] : [], cache: undefined, report };
  const ours = await openRegistries(settings.registries, run, context);
  const ofBuild = await openBareRegistries(settings.registries, run, context);
  try {
    const registries = { ours, ofBuild };
    const { caFile, authfile } = settings.registries;
    const answers = await diagnose({ machine: context, image, registries, caFile, authfile });
    await writeOutput(
      json ? jsonText({ version: 1, checks: answers }) : answers.map(describe).join(''),
      undefined,
      context,
    );
    return answers.some(({ status }) => status === 'problem') ? EXIT.failure : EXIT.done;
  } finally {
    await Promise.all([ours.close(), ofBuild.close()]);
  }
}

function describe({ check, status, message, lines }: Answer): string {
  return [`${status.padEnd(7)}  ${check}: ${message}`, ...lines.map((line) => `${' '.repeat(11)}${line}`)]
    .map((text) => `${printable(text, 2000)}\n`)
    .join('');
}
