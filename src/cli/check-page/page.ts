import { createHash } from 'node:crypto';
import Handlebars from 'handlebars/runtime.js';
import { source as style } from '../../../templates/check/page.css?source';
import { template } from '../../../templates/check/page.html.hbs';
import { type PageRequest, pageValues } from './values.js';

/**
 * One page of HTML about checked pins, for a browser. It needs nothing from elsewhere and runs no script: its policy allows its own style only. The
 * template escapes every text.
 */
export function toPage(request: PageRequest): string {
  const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;
  return Handlebars.create().template(template)({ ...pageValues(request), style, styleHash });
}
