import { sliceText, textValue } from '../../values/text.js';
import { type TextValue, unknown, type Value } from '../../values/value.js';
import { type BuiltIns, type Call, strict } from './built-in.js';

/** Functions that read files. */
export const FILES: BuiltIns = {
  import: strict(1, ([path], { evaluation, where }) =>
    path.kind === 'path' ? evaluation.importNix(path.path, where) : undefined,
  ),
  importJSON: strict(1, ([path], { evaluation, where }) =>
    path.kind === 'path' ? evaluation.importJson(path.path, where) : undefined,
  ),
  readFile: strict(1, ([path], call) => (path.kind === 'path' ? fileText(path.path, call) : undefined)),
  fileContents: strict(1, ([path], call) => {
    const text = path.kind === 'path' ? fileText(path.path, call) : undefined;
    // lib's `fileContents` removes the newline at the end of the file.
    return text?.kind === 'text' ? sliceText(text, 0, text.text.replace(/\n$/, '').length) : text;
  }),
  importTOML: strict(1, ([path], { evaluation, where }) =>
    path.kind === 'path' ? evaluation.importToml(path.path, where) : undefined,
  ),
  fromTOML: strict(1, ([text], { evaluation, where }) => {
    const path = text.kind === 'text' ? wholeFile(text) : undefined;
    return path === undefined ? undefined : evaluation.importToml(path, where);
  }),
  fromJSON: strict(1, ([text], { evaluation, where }) => {
    const path = text.kind === 'text' ? wholeFile(text) : undefined;
    return path === undefined ? undefined : evaluation.importJson(path, where);
  }),
};

function fileText(file: string, { evaluation, where }: Call): Value {
  const text = evaluation.files.text(file);
  if (text === undefined) return unknown('import', where);
  return textValue([{ text, origin: { file, start: 0, end: text.length, quote: 'file', verbatim: true } }]);
}

/** The file whose whole content is this text. */
function wholeFile({ text, segments: [segment, ...others] }: TextValue): string | undefined {
  const { origin } = segment ?? {};
  const isWhole = others.length === 0 && origin?.quote === 'file' && origin.start === 0 && origin.end === text.length;
  return isWhole ? origin.file : undefined;
}
