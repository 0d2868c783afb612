// The track in large, and the cars around the player.

import { el, panel, setData, setHidden, setText } from '../lib/dom.js';
import { fixed, known, signed } from '../lib/format.js';
import { units } from '../lib/units.js';
import { map, mapChannels } from '../widgets/map.js';
import { flagBand, race, raceChannels } from '../widgets/race.js';

/** Rows ahead of the player, and behind. */
const ROWS = 8;

const NOTES = { pit: 'pit lane', car: '' };

export function mapView(root, { resized }) {
  const track = panel('track', 'Map');
  const situation = panel('race', 'Race');
  const near = panel('near', 'On track: distance to other cars');
  const empty = el('p', 'hint', 'Other cars appear after your first lap.');
  const rows = Array.from({ length: ROWS * 2 + 1 }, () => {
    const [gap, name, note, dot] = [el('span', 'num near-gap'), el('span', 'near-who'), el('span', 'near-note'), el('i', 'near-dot')];
    return { node: el('li', '', dot, gap, name, note), gap, name, note };
  });
  near.body.append(empty, el('ol', 'near', ...rows.map(({ node }) => node)));
  root.append(track.node, situation.node, near.node);
  const updates = [map(track.body, { names: true, labels: true, resized }), race(situation.body), flagBand(root)];
  return {
    channels: [...mapChannels, ...raceChannels],
    update(model) {
      for (const update of updates) update(model);
      const others = model.hasTelemetry ? [...model.cars].sort((a, b) => b[0] - a[0]) : [];
      const ahead = others.filter(([gap]) => gap >= 0).slice(-ROWS);
      const behind = others.filter(([gap]) => gap < 0).slice(0, ROWS);
      const shown = others.length ? [...ahead, null, ...behind] : [];
      setText(empty, model.outline.known ? 'No other car on track.' : 'Other cars appear after your first lap.');
      setHidden(empty, shown.length > 0);
      rows.forEach(({ node, gap, name, note }, index) => {
        setHidden(node, index >= shown.length);
        if (index >= shown.length) return;
        const other = shown[index];
        setData(node, 'who', kindOf(other));
        setText(gap, other ? `${signed(units.convert('length', other[0]), 0)} ${units.unit('length')}` : 'You');
        setText(name, other ? labelAt(model.field.cars, other[1]) : '');
        setText(note, NOTES[kindOf(other)] ?? lapPositionText(model.lapPosition));
      });
    },
  };
}

/** Lap positions further apart than this are those of different cars. */
const SAME_PLACE = 0.002;

/** The driver of the car at this lap position, as far as the field has it; empty if two cars are there. */
function labelAt(cars, position) {
  const isThere = (car) => Math.abs(car.lap_position - position - Math.round(car.lap_position - position)) < SAME_PLACE;
  const there = cars.filter((car) => !car.is_player && known(car.lap_position) && isThere(car));
  return there.length === 1 ? (there[0].label ?? '') : '';
}

const lapPositionText = (position) => (Number.isFinite(position) ? `${fixed(position * 100)} % of the lap` : '');

function kindOf(other) {
  if (!other) return 'me';
  return other[2] ? 'pit' : 'car';
}
