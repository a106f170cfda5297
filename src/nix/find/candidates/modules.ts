import type * as Syntax from '../../language/syntax.js';
import type { Evaluation } from '../../values/evaluation.js';
import { systemGiven } from '../../values/systems.js';
import { isSet, type Scope, type SetValue, type Value } from '../../values/value.js';
import { staticName } from './sets.js';

// The modules of a machine are few; more than these do not say what it is.
const MOST_MODULES = 200;

/** The system that a NixOS module says its machine is: `nixpkgs.hostPlatform = "aarch64-linux";`, also within `nixpkgs = { … }`. */
export function systemOfModule(set: Syntax.AttributeSet, scope: Scope, evaluation: Evaluation): string | undefined {
  const isNamed = set.bindings.some(({ kind, ...rest }) => {
    const [first] = kind === 'assignment' && 'path' in rest ? rest.path : [];
    return first !== undefined && staticName(first, scope) === 'nixpkgs';
  });
  const value = isNamed ? evaluation.evaluate(set, scope) : undefined;
  return value && isSet(value) ? systemOfSettings(value) : undefined;
}

/** The system of a machine by the arguments of `nixosSystem { system = …; modules = [ … ]; }`; that of a module wins. */
export function systemOfMachine(argument: SetValue): string | undefined {
  const modules = argument.attributes.get('modules')?.force();
  if (!modules) return undefined;
  const items = modules.kind === 'list' ? modules.items.slice(0, MOST_MODULES) : [];
  const said = items
    .map((item) => item.force())
    .flatMap((module) => (isSet(module) ? (systemOfSettings(module) ?? []) : []));
  return said[0] ?? systemGiven(argument);
}

function systemOfSettings(module: SetValue): string | undefined {
  const config = module.attributes.get('config')?.force();
  return [module, config].flatMap((each) => systemOfPackages(each) ?? [])[0];
}

function systemOfPackages(module: Value | undefined): string | undefined {
  const settings = module && isSet(module) ? module.attributes.get('nixpkgs')?.force() : undefined;
  return settings && systemGiven(settings);
}
