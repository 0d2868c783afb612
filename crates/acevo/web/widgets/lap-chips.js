// The laps of a comparison: which line belongs to which lap, and what the others are compared with.

import { LETTERS } from '../lib/comparison.js';
import { el, setData, setHidden, setText, withAttributes } from '../lib/dom.js';
import { lapTimeMs, signed } from '../lib/format.js';
import { lapOrigin, lapTitle, trackText } from '../lib/lap-names.js';
import { button } from './form.js';

export function lapChips(root, comparison, { changed, removed }) {
  const ideal = el('div', 'lap-chip', el('strong', 'lap-ideal', 'Ideal'), el('span', 'chip-time num'));
  const holder = withAttributes(el('div', 'lap-chips'), { role: 'group', 'aria-label': 'Laps' });
  root.append(holder);
  const chips = LETTERS.map((letter, place) => createChip(letter, () => changed(comparison.laps[place].id), () => removed(comparison.laps[place].id)));
  const idealReference = referenceButton(() => changed('ideal'));
  ideal.append(idealReference);
  holder.append(...chips.map(({ node }) => node), ideal);

  return () => {
    chips.forEach((chip, place) => {
      fill(chip, comparison.laps[place], comparison);
    });
    const { idealLap } = comparison;
    setHidden(ideal, !idealLap);
    setText(ideal.children[1], idealLap ? lapTimeMs(idealLap.time_ms) : '');
    press(idealReference, comparison.referenceLap?.name === 'ideal');
  };
}

const referenceButton = (clicked) => button('Reference', clicked, { 'aria-pressed': 'false', title: 'Compare the other laps with this one', class: 'tool tool-small' });
const press = (node, isPressed) => withAttributes(node, { 'aria-pressed': String(isPressed) });

function createChip(letter, chosen, removed) {
  const title = el('span', 'chip-title');
  const origin = el('span', 'chip-origin hint');
  const gap = el('span', 'num lap-gap');
  const reference = referenceButton(chosen);
  const remove = button('✕', removed, { 'aria-label': `Remove lap ${letter}`, title: 'Remove from the comparison', class: 'tool tool-small' });
  const node = el('div', 'lap-chip', el('strong', `letter lap-${letter.toLowerCase()}`, letter), el('span', 'chip-text', title, origin), gap, reference, remove);
  return { node, title, origin, gap, reference };
}

function fill({ node, title, origin, gap, reference }, lap, comparison) {
  setHidden(node, !lap);
  if (!lap) return;
  const about = lap.samples?.lap;
  setText(title, about ? lapTitle(about) : lap.problem || 'Loading …');
  setData(node, 'state', lap.problem ? 'problem' : '');
  setText(origin, about ? lapOrigin(about) : '');
  withAttributes(node, { title: about ? `${trackText(about)} · ${lapOrigin(about)}` : '' });
  const other = comparison.referenceLap;
  const isReference = Boolean(lap.samples) && other?.samples === lap.samples;
  press(reference, isReference);
  const against = other?.samples.time_ms ?? other?.samples.lap?.time_ms;
  const seconds = about?.time_ms && against && !isReference ? (about.time_ms - against) / 1000 : NaN;
  setText(gap, Number.isFinite(seconds) ? `${signed(seconds)} s` : '');
  setData(gap, 'state', stateOf(seconds));
}

function stateOf(seconds) {
  if (!Number.isFinite(seconds) || seconds === 0) return '';
  return seconds < 0 ? 'faster' : 'slower';
}
