import { heavyWork } from '../../concurrency/heavy-work.js';
import { checkWord, UsageError } from '../../errors.js';
import { HASH_FORMATS } from '../literals/hash.js';
import { parseAttributePath } from '../literals/text.js';
import { type AppliedTo, isTemplateName } from './built-in/template-table.js';
import { builtInTemplate, type PreparedTemplate } from './built-in/templates.js';
import { checkSystems, groupImages, type PinnedImage, uniqueNames } from './values/images.js';
import { checkRoom } from './values/room.js';
import {
  type Needs,
  type PinAttributes,
  type TemplateValues,
  templateValues,
  type ValueOptions,
  type ValueSettings,
} from './values/template-values.js';

/** How pins are written; what is absent has the default of the command line. */
export interface RenderOptions extends ValueOptions {
  /** A built-in template's name, `pull-image` by default, or the path of a Handlebars file. */
  readonly template?: string | undefined;
  /** Spaces in front of each line, 0 to 40. */
  readonly indent?: number | undefined;
  /** The function that is called: a dotted path of Nix identifiers. */
  readonly function?: string | undefined;
}

/** Writes pins in one way; made once, used for many. */
export interface Renderer {
  /** What Nix will fetch, and so what is to be hashed. */
  readonly target: Needs;
  /** Whether the pins of an image are put together, each for a Nix system of its own. */
  readonly isPerSystem: boolean;
  /** Whether the text has room for one platform of each image. */
  readonly isOnePlatform: boolean;
  /** Whether the text of several pins is one whole that can stand in a file: the template takes all of them, or each has one line. */
  readonly gathers: boolean;
  /** Whether the text can be a Nix string, as --quote asks. */
  readonly takesQuote: boolean;
  /** The text of the pins, with a blank line between them unless each is one line, which ends with a newline. Throws a PullpinError. */
  render(pins: readonly PinAttributes[]): string;
}

/**
 * Prepares a template. Throws a UsageError for options that do not go together, a TemplateError for a template with a mistake.
 *
 * @example
 * ```js
 * import { connectRegistries, createRenderer, fromProcess, pinImage } from 'pullpin';
 *
 * const registries = await connectRegistries(fromProcess());
 * const renderer = await createRenderer({ template: 'oci-string' });
 * console.log(renderer.render([await pinImage('redis:7.4', { registries, target: renderer.target })]).trim());
 * // redis:7.4@sha256:d00a7d8ed3848f32b407b52e705df94e876eea37dc10b0fa55bd0c3f57fb4371
 * await registries.close();
 * ```
 */
export async function createRenderer(options: RenderOptions = {}): Promise<Renderer> {
  const { template = 'pull-image', indent = 0 } = options;
  if (!Number.isInteger(indent) || indent < 0 || indent > 40)
    throw new UsageError('--indent is a number of spaces from 0 to 40');
  // Both go into Nix code.
  checkWord('hashAttribute', options.hashAttribute, ['sha256', 'hash', 'outputHash']);
  checkWord('hashFormat', options.hashFormat, HASH_FORMATS);
  const functionPath = options.function === undefined ? undefined : parseAttributePath(options.function);
  const prepared = await findTemplate(template, options);
  const { target, appliedTo, isLine = false, isOnePlatform = false, lacks = [], function: called } = prepared;
  const settings = { ...options, functionPath: functionPath ?? called ?? 'dockerTools.pullImage' };
  return {
    target,
    gathers: appliedTo === 'pins' || appliedTo === 'images' || isLine,
    isPerSystem: appliedTo === 'image' || appliedTo === 'images',
    isOnePlatform,
    takesQuote: prepared.takesQuote ?? false,
    render: (pins) => {
      // A function of the user's own may fetch something else than the one that the template names.
      if (called !== undefined && functionPath === undefined)
        for (const pin of pins) checkTarget(pin, target, template);
      for (const pin of pins) checkRoom(pin, template, lacks);
      // A template of the user's own may write for long.
      const texts = heavyWork(() => applicationsOf(appliedTo, pins, settings).map(prepared.apply));
      return texts.map((text) => indented(text, indent)).join(isLine ? '' : '\n');
    },
  };
}

/** What a template is applied to, one application after the other. */
function applicationsOf(
  appliedTo: AppliedTo,
  pins: readonly PinAttributes[],
  settings: Omit<ValueSettings, 'name'>,
): readonly TemplateValues[] {
  const groups = groupImages(pins);
  const names = uniqueNames(groups);
  const images = groups.map((group, at) => valuesOfImage(group, { ...settings, name: names[at] ?? '' }));
  const all = images.flatMap(({ systems }) => systems);
  if (appliedTo === 'pin') return all;
  if (appliedTo === 'pins') return [{ pins: all }];
  for (const { systems } of images) checkSystems(systems);
  return appliedTo === 'image' ? images : [{ images, pins: all }];
}

/** The values of an image are those of its first pin, and the pins. */
function valuesOfImage([first, ...others]: PinnedImage, settings: ValueSettings) {
  const systems = [first, ...others].map((pin) => templateValues(pin, settings));
  return { ...templateValues(first, settings), systems, oneSystem: others.length === 0 };
}

/** A hash of one thing where Nix fetches another fails every build. Throws a UsageError. */
function checkTarget({ imageName, target }: PinAttributes, needed: Needs, template: string): void {
  if (target === undefined || target === needed) return;
  throw new UsageError(`${imageName}: its hash is of ${target}, and the template ${template} needs one of ${needed}`);
}

async function findTemplate(template: string, options: RenderOptions): Promise<PreparedTemplate> {
  if (!isTemplateName(template)) {
    const { compileTemplateFile } = await import('./user-template/template-file.js');
    return { ...(await compileTemplateFile(template)), target: 'docker-archive' };
  }
  const builtIn = await builtInTemplate(template);
  if (builtIn.function === undefined && options.function !== undefined) {
    throw new UsageError(`--function does not go with the template ${template}, which calls nothing`);
  }
  const { hashAttributes } = builtIn;
  if (hashAttributes && !hashAttributes.includes(options.hashAttribute ?? 'sha256')) {
    throw new UsageError(`${builtIn.function} knows no other --hash-attr than ${hashAttributes.join(' and ')}`);
  }
  return builtIn;
}

function indented(text: string, spaces: number): string {
  const ended = text.endsWith('\n') ? text : `${text}\n`;
  return ended.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
