// The cars around the player on the track, in any position of the race.

import { carChip } from './car-chip.js';
import { el, setData, setText } from '../lib/dom.js';
import { carState, isRace, lapsAhead, modelLetters, playerOf, positionText, relativeTo } from '../lib/field.js';
import { signed } from '../lib/format.js';

const DECIMALS = 1;

/** How many laps a car is ahead of the player in a race, or behind, as text. Empty on the same lap. */
function lapNote(laps) {
  if (!laps) return '';
  return `${laps > 0 ? '▲' : '▼'} ${signed(laps, 0)} ${Math.abs(laps) === 1 ? 'lap' : 'laps'}`;
}

function lapState(laps) {
  if (!laps) return '';
  return laps > 0 ? 'ahead' : 'behind';
}

function line() {
  const [position, name, note, gap] = [el('span', 'near-position'), el('span', 'near-name'), el('span', 'near-state'), el('span', 'near-seconds')];
  const chip = carChip();
  const node = el('li', '', position, chip.node, name, note, gap);
  return {
    node,
    /** Without a car the line is invisible but keeps its place. */
    set(car, { laps, letters }) {
      node.classList.toggle('free', !car);
      if (!car) return;
      setData(node, 'who', car.is_player ? 'player' : '');
      setData(node, 'laps', lapState(laps));
      setText(position, positionText(car));
      chip.set(car, letters);
      setText(name, car.label ?? '');
      setText(note, [lapNote(laps), carState(car).text].filter(Boolean).join(' '));
      setText(gap, car.is_player ? 'You' : signed(car.to_player_s, DECIMALS));
    },
  };
}

/** Options: `rows`, the number of cars ahead and after the player; `classes` for letters of car models. */
export function relative(root, { rows = 3, classes = true } = {}) {
  const lines = Array.from({ length: 2 * rows + 1 }, line);
  root.append(el('ol', 'relative', ...lines.map(({ node }) => node)));
  let from = null;

  function draw(field, { ahead, behind }) {
    const player = playerOf(field.cars);
    const shown = [...Array(rows - ahead.length).fill(null), ...ahead, player ?? null, ...behind];
    const letters = classes ? modelLetters(field.cars) : new Map();
    lines.forEach((one, index) => {
      const car = shown[index];
      one.set(car, { letters, laps: car && !car.is_player && isRace(field) ? lapsAhead(car, player) : 0 });
    });
  }

  /** Returns false without other cars on the track. */
  return ({ field }) => {
    const near = relativeTo(field.cars, rows);
    if (near.ahead.length + near.behind.length === 0) return false;
    if (field !== from) draw(field, near);
    from = field;
    return true;
  };
}
