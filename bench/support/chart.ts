import { barX, type Markish, plot, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Comparison } from './compare.js';

/** Colours that suit a page, as CSS has them. */
export interface Scheme {
  readonly ink: string;
  readonly theirs: string;
  readonly ours: string;
}

/** Schemes for GitHub's light and dark pages. */
export const SCHEMES = {
  light: { ink: '#1f2328', theirs: '#8c959f', ours: '#0969da' },
  dark: { ink: '#e6edf3', theirs: '#6e7681', ours: '#4493f8' },
} as const satisfies Record<string, Scheme>;

interface Bar {
  readonly work: string;
  readonly side: 'theirs' | 'ours';
  readonly share: number;
  readonly label: string;
}

/** An SVG of two bars for each comparison: wall time, as a share of the peer's. */
export function chart(comparisons: readonly Comparison[], { ink, theirs, ours }: Scheme): string {
  const bars = comparisons.flatMap((comparison): Bar[] => [
    { work: titleOf(comparison), side: 'theirs', share: 1, label: barLabel(comparison, 'theirs') },
    {
      work: titleOf(comparison),
      side: 'ours',
      share: comparison.ratio.median,
      label: barLabel(comparison, 'ours'),
    },
  ]);
  const facet = { fy: 'work', y: 'side', x: 'share' } as const;
  const marks: Markish[] = [
    barX(bars, { ...facet, fill: 'side' }),
    text(bars, { ...facet, text: 'label', dx: 4, textAnchor: 'start', fill: 'currentColor' }),
  ];
  const { document } = parseHTML('<html></html>');
  const figure = plot({
    document,
    width: 760,
    height: 40 + comparisons.length * 44,
    marginLeft: 300,
    marginRight: 210,
    style: { background: 'none', color: ink, fontSize: '12px' },
    x: { axis: null },
    y: { axis: null, domain: ['theirs', 'ours'] },
    fy: { label: null, domain: comparisons.map(titleOf), padding: 0.25 },
    color: { domain: ['theirs', 'ours'], range: [theirs, ours] },
    marks,
  });
  figure.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${figure.outerHTML}\n`;
}

function barLabel(comparison: Comparison, side: 'theirs' | 'ours'): string {
  const { wall } = comparison[side];
  return `${comparison.contest[side].name}: ${wall.median.toFixed(2)} s`;
}

/** The title without the marks of code that a table has. */
function titleOf({ contest }: Comparison): string {
  return contest.title.replaceAll('`', '');
}
