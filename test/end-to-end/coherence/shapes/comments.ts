import { attributesOf, setOf } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const directive: Shape = (writer) => {
  const pin = writer.plan({ saysTag: false, moves: true });
  return `(\n  # pullpin: ${pin.tag}\n  ${pullOf(writer)} ${setOf(attributesOf(pin), writer.random)})`;
};

const frozen: Shape = (writer) => {
  const pin = writer.plan({ isFrozen: true });
  return `(\n  # pullpin: freeze\n  ${pullOf(writer)} ${setOf(attributesOf(pin), writer.random)})`;
};

const untracked: Shape = (writer) =>
  `${pullOf(writer)} ${setOf(attributesOf(writer.plan({ saysTag: false })), writer.random)}`;

const gone: Shape = (writer) =>
  `${pullOf(writer)} ${setOf(attributesOf(writer.plan({ state: 'gone', part: 'root', kind: 'index', arch: 'amd64' })), writer.random)}`;

export const COMMENTS: Readonly<Record<string, Shape>> = { directive, frozen, untracked, gone };
