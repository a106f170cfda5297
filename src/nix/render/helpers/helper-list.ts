import type { TemplateHelper } from './helper.js';
import { HELPERS } from './helpers.js';
import { RENOVATE_HELPERS, REPLACE } from './renovate-helpers.js';

/** All helpers that a template can call besides those of Handlebars. */
export const HELPER_LIST: Readonly<Record<string, Pick<TemplateHelper, 'usage' | 'help'>>> = {
  ...HELPERS,
  ...RENOVATE_HELPERS,
  replace: REPLACE,
};

export const HELPER_NAMES: readonly string[] = Object.keys(HELPER_LIST);
