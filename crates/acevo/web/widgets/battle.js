// The cars before and after the player in a race while they are close.

import { el, setData, setHidden, setText } from '../lib/dom.js';
import { battleOf, gapText, lastLapText, positionText, trendOf } from '../lib/field.js';

const DECIMALS = 2;
const TREND_WORDS = { closer: 'closer', away: 'further away', '': 'same gap' };

function opponent(title) {
  const [position, name, gap, trend, last] = ['battle-position', 'battle-name', 'battle-gap', 'battle-trend', 'battle-last'].map((classes) => el('span', classes));
  const node = el('div', 'battle-row', el('span', 'label', title), el('div', 'battle-main', position, name, gap), el('div', 'battle-more', trend, last));
  return {
    node,
    set(found, player) {
      setHidden(node, !found);
      if (!found) return;
      const change = trendOf(found.trend);
      setText(position, `P${positionText(found.car)}`);
      setText(name, found.car.label ?? '');
      setText(gap, `${gapText(found.gap, DECIMALS).slice(1)} s`);
      setText(trend, [change.text, TREND_WORDS[change.state]].filter(Boolean).join(' '));
      setData(trend, 'state', change.state);
      setText(last, lastLapText(found.car, player));
    },
  };
}

/** Options: `within`, the gap in seconds up to which a car is shown. */
export function battle(root, { within = 3 } = {}) {
  const [before, after] = [opponent('Ahead'), opponent('Behind')];
  root.append(el('div', 'battle', before.node, after.node));
  /** Returns false if neither car is close. */
  return ({ field }) => {
    const { ahead, behind, player } = battleOf(field, within);
    if (!ahead && !behind) return false;
    before.set(ahead, player);
    after.set(behind, player);
    return true;
  };
}
