import type { Context, Output } from './context.js';

/** Whether a stream gets colours: a terminal does, unless NO_COLOR says otherwise; FORCE_COLOR gives them to any (no-color.org, force-color.org). */
export function hasColours(stream: Output, { environment }: Pick<Context, 'environment'>): boolean {
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}
