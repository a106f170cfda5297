// Records what README shows as docs/session-light.svg and docs/session-dark.svg: `node scripts/session-svg.mjs`. A test records it once more.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { startDemo } from './demo-folder.mjs';

const COMMANDS = ['pullpin redis:7.4', 'pullpin bump'];
const [FONT_SIZE, LINE, MARGIN, BAR] = [13, 19, 18, 34];
/** The width of one character of a monospaced font, by its size. */
const ADVANCE = 0.6;
// A terminal's colours begin with the character escape.
const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);
const ONE_COLOUR = new RegExp(`^${ESCAPE}\\[([\\d;]*)m$`);

/** @type {Readonly<Record<'light' | 'dark', Readonly<Record<string, string>>>>} */
const COLOURS = {
  light: {
    back: '#ffffff',
    edge: '#d0d7de',
    text: '#1f2328',
    prompt: '#57606a',
    1: '#1f2328',
    2: '#57606a',
    31: '#cf222e',
    32: '#1a7f37',
    33: '#9a6700',
    34: '#0969da',
    35: '#8250df',
    36: '#1b7c83',
    90: '#57606a',
  },
  dark: {
    back: '#0d1117',
    edge: '#30363d',
    text: '#e6edf3',
    prompt: '#8b949e',
    1: '#f0f6fc',
    2: '#8b949e',
    31: '#ff7b72',
    32: '#3fb950',
    33: '#d29922',
    34: '#58a6ff',
    35: '#bc8cff',
    36: '#39c5cf',
    90: '#8b949e',
  },
};

/**
 * Runs the commands in the demo, with the colours of a terminal.
 *
 * @returns {Promise<{ typed: boolean, text: string }[]>} the lines that a person sees
 */
export async function recordSession() {
  const demo = await startDemo();
  const env = { ...process.env, ...demo.env, FORCE_COLOR: '1', COLUMNS: '110' };
  try {
    /** @type {{ typed: boolean, text: string }[]} */
    const lines = [];
    for (const command of COMMANDS) {
      if (lines.length > 0) lines.push({ typed: false, text: '' });
      lines.push({ typed: true, text: command });
      const printed = await output(command, demo.folder, env);
      lines.push(
        ...printed
          .trimEnd()
          .split('\n')
          .map((text) => ({ typed: false, text })),
      );
    }
    return lines;
  } finally {
    await demo.close();
  }
}

/** What a command prints on stdout and stderr. @param {string} command @param {string} cwd @param {NodeJS.ProcessEnv} env @returns {Promise<string>} */
function output(command, cwd, env) {
  return new Promise((ended, failed) => {
    const child = spawn('sh', ['-c', `${command} 2>&1`], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    child.once('error', failed).once('close', () => ended(text));
  });
}

/**
 * A picture of a terminal whose lines appear one after the other; at once for readers who want no movement.
 *
 * @param {readonly { typed: boolean, text: string }[]} lines
 * @param {'light' | 'dark'} scheme
 */
export function drawSession(lines, scheme) {
  const colours = COLOURS[scheme];
  const columns = Math.max(...lines.map(({ text }) => plain(text).length + 2));
  const width = Math.ceil(columns * FONT_SIZE * ADVANCE) + 2 * MARGIN;
  const height = BAR + lines.length * LINE + MARGIN;
  let delay = 0;
  const rows = lines.map(({ typed, text }, row) => {
    delay += typed ? 0.9 : 0.06;
    const inner = typed ? `<tspan fill="${colours.prompt}">$ </tspan>${spans(text, colours)}` : spans(text, colours);
    return `<text x="${MARGIN}" y="${BAR + (row + 0.7) * LINE}" style="animation-delay:${delay.toFixed(2)}s">${inner}</text>`;
  });
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, at) => `<circle cx="${MARGIN + 6 + at * 18}" cy="17" r="5.5" fill="${fill}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(COMMANDS.join(', then '))}</title>
<style>
text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: ${colours.text}; white-space: pre; }
@media (prefers-reduced-motion: no-preference) { text { animation: appear 0.15s both; } }
@keyframes appear { from { opacity: 0; } }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.back}" stroke="${colours.edge}"/>
${dots.join('')}
${rows.join('\n')}
</svg>
`;
}

/** A line with colours of a terminal as parts with a fill. @param {string} text @param {Readonly<Record<string, string>>} colours */
function spans(text, colours) {
  let fill = '';
  return text
    .split(COLOUR)
    .map((part) => {
      const [, codes] = ONE_COLOUR.exec(part) ?? [];
      if (codes !== undefined)
        fill =
          codes
            .split(';')
            .map((code) => colours[code] ?? '')
            .at(-1) ?? '';
      if (codes !== undefined || part === '') return '';
      return fill === '' ? escaped(part) : `<tspan fill="${fill}">${escaped(part)}</tspan>`;
    })
    .join('');
}

/** @param {string} text */
function plain(text) {
  return text.replace(new RegExp(COLOUR, 'g'), '');
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

if (process.argv[1]?.endsWith('session-svg.mjs')) {
  const lines = await recordSession();
  for (const scheme of /** @type {const} */ (['light', 'dark']))
    writeFileSync(new URL(`../docs/session-${scheme}.svg`, import.meta.url), drawSession(lines, scheme));
}
