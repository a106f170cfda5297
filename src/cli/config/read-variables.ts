import { UsageError } from '../../errors.js';
import type { Machine } from '../../machine/machine.js';
import type { Option, RawValue } from '../options/option.js';
import { checkMeaning } from './check-meaning.js';
import type { PlacedValue, Source } from './source.js';
import { VARIABLE_SETTINGS, variableOf } from './table.js';

/** The settings in the environment, such as `PULLPIN_HASH_FORMAT=nix32`. An empty variable counts as unset. Throws a UsageError. */
export async function readVariables({ environment, folder }: Pick<Machine, 'environment' | 'folder'>): Promise<Source> {
  const found = new Map<string, PlacedValue>();
  for (const setting of VARIABLE_SETTINGS) {
    const place = variableOf(setting.name);
    const text = environment[place];
    if (text === undefined || text === '') continue;
    const value = rawOf(place, setting.option, text);
    await checkMeaning(setting, value, place, folder);
    found.set(setting.name, { value, place });
  }
  return new Map([...found, ...authfile(environment)]);
}

/** podman's variable for the file with the credentials. Like our own variables, it wins over configuration files. */
function authfile({ REGISTRY_AUTH_FILE: text }: Machine['environment']): [string, PlacedValue][] {
  return text ? [['authfile', { value: undefined, place: 'REGISTRY_AUTH_FILE' }]] : [];
}

function rawOf(place: string, { type }: Option, text: string): RawValue {
  if (type === 'value') return text;
  if (type === 'values') return text.split(/\s+/).filter(Boolean);
  if (/^(?:1|true|yes)$/i.test(text)) return true;
  if (/^(?:0|false|no)$/i.test(text)) return false;
  throw new UsageError(`${place} is true or false, not '${text}'`);
}
