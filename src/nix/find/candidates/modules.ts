import { parameterScope } from '../../evaluation/calls.js';
import type * as Syntax from '../../language/syntax.js';
import type { Evaluation } from '../../values/evaluation.js';
import { NameScope } from '../../values/scope.js';
import { isSystem, systemGiven } from '../../values/systems.js';
import { isInside } from '../../values/text.js';
import {
  isSet,
  rangeIn,
  type Scope,
  type SetValue,
  type SourceRange,
  type Thunk,
  type Value,
} from '../../values/value.js';
import type { Visit, WalkState } from './candidate.js';
import { staticName } from './sets.js';

// How many modules are searched for the system of a machine; real machines have few.
const MOST_MODULES = 200;
// Of what a list is put together from that cannot be followed as a whole.
const MOST_PARTS = 4;
const DEEPEST_LIST = 6;

/** The system that a NixOS module sets for its machine: `nixpkgs.hostPlatform = "aarch64-linux";`, also within `nixpkgs = { … }`. */
export function systemOfModule(set: Syntax.AttributeSet, scope: Scope, evaluation: Evaluation): string | undefined {
  const isNamed = set.bindings.some((binding) => {
    const [first] = binding.kind === 'assignment' ? binding.path : [];
    return first !== undefined && staticName(first, scope) === 'nixpkgs';
  });
  const value = isNamed ? evaluation.evaluate(set, scope) : undefined;
  return value && isSet(value) ? systemOfSettings(value) : undefined;
}

/** The one system of `{ systems = [ "aarch64-linux" ]; perSystem = …; }`, as flake-parts has it. */
export function systemOfParts(set: Syntax.AttributeSet, scope: Scope, evaluation: Evaluation): string | undefined {
  const values = ['systems', 'perSystem'].map((wanted) =>
    set.bindings.find((binding) => {
      const path = binding.kind === 'assignment' ? binding.path : [];
      return path.length === 1 && path[0] !== undefined && staticName(path[0], scope) === wanted;
    }),
  );
  const [systems, perSystem] = values;
  if (systems?.kind !== 'assignment' || !perSystem) return undefined;
  const list = evaluation.evaluate(systems.value, scope);
  return list.kind === 'list' && list.items.length === 1 ? systemAmong(list.items) : undefined;
}

/** The one system among the arguments of a call, as in `withSystem "aarch64-linux" ({ pkgs, ... }: …)`. */
export function systemAmongArguments(
  written: readonly Syntax.Expression[],
  given: readonly Thunk[],
): string | undefined {
  const named = given.filter((_, at) => NAMED.has(written[at]?.kind ?? 'apply'));
  return given.length > named.length ? systemAmong(named) : undefined;
}

/** What may be a system. */
const NAMED: ReadonlySet<Syntax.Expression['kind']> = new Set(['string', 'variable', 'select']);

function systemAmong(values: readonly Thunk[]): string | undefined {
  const systems = values.slice(0, MOST_PARTS).flatMap((each) => {
    const value = each.force();
    return value.kind === 'text' && isSystem(value.text) ? [value.text] : [];
  });
  const [system, ...others] = new Set(systems);
  return others.length === 0 ? system : undefined;
}

/** A module as it is written, and what it gives. */
interface Module {
  readonly expression?: Syntax.Expression;
  readonly scope?: Scope;
  readonly value: Value;
}

/** The machine that is called with some arguments, such as `nixosSystem { … }`, when it is known for which system. */
export function machineAmong(
  written: readonly Syntax.Expression[],
  given: readonly Thunk[],
  evaluation: Evaluation,
): Machine | undefined {
  for (const [at, argument] of given.entries()) {
    const value = isSetOrMerge(written[at]) ? argument.force() : undefined;
    const machine = value && isSet(value) ? new Machine(value, evaluation) : undefined;
    if (machine?.system !== undefined) return machine;
  }
  return undefined;
}

function isSetOrMerge(expression: Syntax.Expression | undefined): boolean {
  return expression?.kind === 'set' || (expression?.kind === 'binary' && expression.operator === '//');
}

/** A machine: what is called with `{ system = …; modules = [ … ]; }`, or with `pkgs` in place of `system`. */
class Machine {
  /** The system that its modules are for; that of a module wins. */
  readonly system: string | undefined;
  private readonly modules: readonly Module[];

  constructor(
    argument: SetValue,
    private readonly evaluation: Evaluation,
  ) {
    const listed = argument.attributes.get('modules')?.force();
    this.modules = listed ? modulesIn(listed, evaluation) : [];
    const said = this.modules.flatMap(({ value }) => (isSet(value) ? (systemOfSettings(value) ?? []) : []));
    const packages = argument.attributes.get('pkgs')?.force();
    const ofPackages = packages?.kind === 'unknown' ? packages.system : undefined;
    this.system = listed && (said[0] ?? systemGiven(argument) ?? ofPackages);
  }

  /** Its modules that may have pins, where they are written elsewhere than in the call. */
  visits(call: SourceRange, state: WalkState): Visit[] {
    return this.modules.flatMap(({ expression, scope }) => {
      if (!expression || !scope || isInside(rangeIn(scope, expression), call)) return [];
      const { source } = scope.file;
      const mayHavePin = this.evaluation.spend(1) && MAY_HAVE_PIN.test(source);
      return mayHavePin ? [{ expression, scope, state: { ...state, caller: state.caller ?? call } }] : [];
    });
  }
}

const MAY_HAVE_PIN = /pullImage|imageDigest|sha256:/;

/** The modules of a list, and those that they import by `imports = [ … ]`. */
function modulesIn(list: Value, evaluation: Evaluation): Module[] {
  const found: Module[] = [];
  const seen = new Set<Syntax.Expression | Value>();
  const waiting = [...itemsOf(list)];
  for (let item = waiting.shift(); item && found.length < MOST_MODULES; item = waiting.shift()) {
    const module = moduleOf(item.force(), evaluation);
    const key = module.expression ?? module.value;
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(module);
    const imports = isSet(module.value) ? module.value.attributes.get('imports')?.force() : undefined;
    for (const each of itemsOf(imports)) waiting.push(each);
  }
  return found;
}

/** The items of a list, and those that are known of a list such as `[ ./web.nix ] ++ optional isServer ./db.nix`. */
function itemsOf(list: Value | undefined, depth = 0): readonly Thunk[] {
  if (list?.kind === 'list') return list.items;
  const parts = list?.kind === 'unknown' && depth < DEEPEST_LIST ? list.inputs.slice(0, MOST_PARTS) : [];
  return parts.flatMap((part) => itemsOf(part.force(), depth + 1));
}

function moduleOf(value: Value, evaluation: Evaluation): Module {
  if (value.kind === 'path') {
    const file = evaluation.files.nix(value.path);
    if (!file) return { value };
    const [expression, scope] = [file.root, NameScope.of<Thunk>(file)];
    return { expression, scope, value: settingsOf(evaluation.evaluate(expression, scope), evaluation) };
  }
  const written = value.kind === 'function' ? { expression: value.lambda, scope: value.scope } : {};
  return { ...written, value: settingsOf(value, evaluation) };
}

/** What a module gives that asks for `pkgs`, `config` and the like, as far as it does not depend on them. */
function settingsOf(module: Value, evaluation: Evaluation): Value {
  if (module.kind !== 'function') return module;
  const { lambda, scope } = module;
  return evaluation.evaluate(lambda.body, parameterScope(lambda, scope, evaluation));
}

function systemOfSettings(module: SetValue): string | undefined {
  const config = module.attributes.get('config')?.force();
  return [module, config].flatMap((each) => systemOfPackages(each) ?? [])[0];
}

function systemOfPackages(module: Value | undefined): string | undefined {
  const settings = module && isSet(module) ? module.attributes.get('nixpkgs')?.force() : undefined;
  return settings && systemGiven(settings);
}
