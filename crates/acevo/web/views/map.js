// The track, large, and who is around.

import { el, panel, setData, setHidden, setText } from './dom.js';
import { fixed, signed, units } from './format.js';
import { flagBand, race, raceChannels } from './race.js';
import { map, mapChannels } from './map.js';

const ROWS = 8;

export function mapView(root, { resized }) {
  const track = panel('track', 'Map');
  const situation = panel('race', 'Race');
  const near = panel('near', 'Cars around');
  const empty = el('p', 'hint', 'No other car is known to be on the track.');
  const rows = Array.from({ length: ROWS * 2 + 1 }, () => {
    const [gap, note, bar] = [el('span', 'num near-gap'), el('span', 'near-note'), el('i', 'near-dot')];
    const node = el('li', '', bar, gap, note);
    return { node, gap, note };
  });
  near.body.append(empty, el('ol', 'near', ...rows.map(({ node }) => node)));
  root.append(track.node, situation.node, near.node);
  const updates = [map(track.body, { names: true, resized }), race(situation.body), flagBand(root)];
  return {
    channels: [...mapChannels, ...raceChannels, 'track_length'],
    update(model) {
      updates.forEach((update) => update(model));
      const others = model.hasTelemetry ? [...model.cars].sort((a, b) => b[0] - a[0]) : [];
      const ahead = others.filter(([gap]) => gap >= 0).slice(-ROWS);
      const behind = others.filter(([gap]) => gap < 0).slice(0, ROWS);
      const shown = others.length ? [...ahead, null, ...behind] : [];
      setHidden(empty, shown.length > 0);
      rows.forEach(({ node, gap, note }, index) => {
        const there = index < shown.length;
        setHidden(node, !there);
        if (!there) return;
        const other = shown[index];
        setData(node, 'who', other ? (other[2] ? 'pit' : 'car') : 'me');
        setText(gap, other ? `${signed(units.convert('length', other[0]), 0)} ${units.unit('length')}` : 'You');
        const place = model.place;
        setText(note, other ? (other[2] ? 'pit lane' : '') : Number.isFinite(place) ? `${fixed(place * 100)} % of the lap` : '');
      });
    },
  };
}
