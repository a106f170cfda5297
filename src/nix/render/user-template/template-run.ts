import { type HelperFunction as Helper, HelperError, NotTextError } from '../helpers/helper.js';
import { placeOf, type WrittenArguments } from './template-check.js';

const MOST_CHARACTERS = 16 * 1024 * 1024;
const MOST_BLOCKS = 100_000;

type Options = Readonly<Record<string, unknown>>;

/** Handlebars' own helpers with the rules of strict templates, and a bound on what one application may write. */
export class TemplateRun {
  private characters = 0;
  private blocks = 0;

  /** @param written how the values of each helper are written, by the place of the call */
  constructor(private written: WrittenArguments) {}

  /** Begins a new application. */
  begin(): void {
    this.characters = 0;
    this.blocks = 0;
  }

  /** The helpers `if`, `unless`, `each` and `with`, which refuse a value that does not exist, and `lookup`, which refuses such a name. */
  helpers(own: Readonly<Record<string, Helper | undefined>>): Record<string, Helper> {
    const names = ['if', 'unless', 'each', 'with'];
    const blocks = names.flatMap((name) => (own[name] ? [[name, this.block(name, own[name])] as const] : []));
    return { ...Object.fromEntries(blocks), lookup: lookUp };
  }

  /** The same helpers, which refuse a value that does not exist. */
  strict(own: Readonly<Record<string, Helper | undefined>>): Record<string, Helper> {
    const run = this;
    return mapHelpers(own, (name, helper) => {
      return function (...args) {
        const at = args.slice(0, -1).indexOf(undefined);
        if (at >= 0) run.missing(name, args.at(-1), at);
        return helper.apply(this, args);
      };
    });
  }

  /** The same helpers, with what they write counted. */
  counted(own: Readonly<Record<string, Helper | undefined>>): Record<string, Helper> {
    const run = this;
    return mapHelpers(own, (_, helper) => {
      return function (...args) {
        const text = run.named(args, () => helper.apply(this, args));
        run.count(text, args.at(-1));
        return text;
      };
    });
  }

  /** How Handlebars applies a partial, with what it writes counted; `within` is called with the partial's name. */
  partial(own: Helper, within: <Result>(name: string, act: () => Result) => Result): Helper {
    const run = this;
    return function (...args) {
      const { name } = (args[2] ?? {}) as { readonly name?: unknown };
      run.countBlock(undefined);
      const text = within(String(name), () => own.apply(this, args));
      run.count(text, undefined);
      return text;
    };
  }

  /** Does something within a partial, where helpers have values that are written elsewhere. */
  within<Result>(written: WrittenArguments, act: () => Result): Result {
    const outer = this.written;
    this.written = written;
    try {
      return act();
    } finally {
      this.written = outer;
    }
  }

  private countBlock(options: unknown): void {
    this.blocks++;
    if (this.blocks > MOST_BLOCKS) this.refuse(options);
  }

  /** Counts a piece of text that is written. */
  private count(text: unknown, options: unknown): void {
    this.characters += typeof text === 'string' ? text.length : 0;
    if (this.characters > MOST_CHARACTERS) this.refuse(options);
  }

  private refuse(options: unknown): never {
    throw new HelperError('the template writes too much: its blocks are repeated without end', options);
  }

  private block(name: string, own: Helper): Helper {
    const run = this;
    return function (...args) {
      const [value, options] = [args[0], args.at(-1) as Options];
      if (args.length !== 2) throw new HelperError(`{{#${name}}} wants one value`, options);
      if (value === undefined) run.missing(name, options);
      if (name === 'each' && value !== null && typeof value !== 'object')
        throw new HelperError('{{#each}} wants a list', options);
      return own.call(this, value, run.countedBlock(options));
    };
  }

  private countedBlock(options: Options): Options {
    const { fn } = options;
    if (typeof fn !== 'function') return options;
    const counted = (...args: unknown[]): unknown => {
      const text: unknown = fn(...args);
      this.countBlock(options);
      this.count(text, options);
      return text;
    };
    return { ...options, fn: counted };
  }

  /** Applies a helper that wants text. The message about a value that is null names that value. */
  private named<Result>(args: readonly unknown[], apply: () => Result): Result {
    try {
      return apply();
    } catch (error) {
      const [values, options] = [args.slice(0, -1), args.at(-1)];
      const at = error instanceof NotTextError ? values.indexOf(error.value) : -1;
      const written = this.writtenAt(options, at);
      if (values[at] !== null || written === undefined) throw error;
      throw new HelperError(`${written} is null for this image: write {{#if ${written}}} around it`, options);
    }
  }

  private writtenAt(options: unknown, at: number): string | undefined {
    const { loc } = options as { readonly loc?: Parameters<typeof placeOf>[0]['loc'] };
    return loc && this.written.get(placeOf({ loc }))?.[at];
  }

  private missing(name: string, options: unknown, at = 0): never {
    const written = this.writtenAt(options, at);
    const what = written === undefined ? 'of that name' : `called '${written}'`;
    throw new HelperError(`there is no value ${what} for ${name}`, options);
  }
}

function mapHelpers(
  own: Readonly<Record<string, Helper | undefined>>,
  change: (name: string, helper: Helper) => Helper,
): Record<string, Helper> {
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, helper]) => (helper ? [[name, change(name, helper)]] : [])),
  );
}

function lookUp(this: unknown, ...args: unknown[]): unknown {
  const [whole, name, options] = args;
  if (args.length !== 3) throw new HelperError('lookup wants a value and a name', args.at(-1));
  const isName = typeof name === 'string' || typeof name === 'number';
  if (typeof whole === 'object' && whole !== null && isName && Object.hasOwn(whole, name))
    return (whole as Record<string | number, unknown>)[name];
  throw new HelperError(`there is no value called '${String(name)}' to look up`, options);
}
