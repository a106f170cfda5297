import { PullpinError } from '../../errors.js';
import type { Evaluation } from '../values/evaluation.js';
import { jsonValue } from '../values/json.js';
import { NameScope } from '../values/scope.js';
import { cameThrough } from '../values/through.js';
import { tomlValue } from '../values/toml.js';
import { rangeIn, type SourceRange, type Thunk, unknown, type Value } from '../values/value.js';

/** Imports files into an evaluation. Each file is evaluated once. */
export class Imports {
  private readonly imported = new Map<string, Thunk>();

  constructor(private readonly evaluation: Evaluation) {}

  /** The value that `import` of a Nix file gives. */
  nix(path: string, where: SourceRange): Value {
    return this.once(`nix:${path}`, where, () => {
      const file = this.evaluation.files.nix(path);
      if (!file) return unknown('import', where);
      const scope = NameScope.of<Thunk>(file);
      return cameThrough(this.evaluation.evaluate(file.root, scope), rangeIn(scope, file.root));
    });
  }

  /** The value of a JSON file. */
  json(path: string, where: SourceRange): Value {
    return this.once(`json:${path}`, where, () => {
      const { files } = this.evaluation;
      const tree = files.json(path);
      return tree ? jsonValue(tree, files.text(path) ?? '', path) : unknown('import', where);
    });
  }

  /** The value of a TOML file. */
  toml(path: string, where: SourceRange): Value {
    return this.once(`toml:${path}`, where, () => {
      const text = this.evaluation.files.text(path);
      const spend = (steps: number): boolean => this.evaluation.spend(steps);
      try {
        return text === undefined ? unknown('import', where) : tomlValue(text, path, spend);
      } catch (error) {
        if (error instanceof PullpinError) return unknown('import', where);
        throw error;
      }
    });
  }

  private once(key: string, where: SourceRange, load: () => Value): Value {
    const thunk = this.imported.get(key) ?? this.evaluation.thunk(where, load);
    this.imported.set(key, thunk);
    return thunk.force();
  }
}
