// Layouts to start with.

import { DEFAULT_CANVAS, DEFAULT_HIDE } from './layout.js';

const widget = (kind, x, y, width, height, { options = {}, hide = {} } = {}) => ({ kind, x, y, width, height, options, hide: { ...DEFAULT_HIDE, ...hide } });
const layout = (...widgets) => ({ canvas: { ...DEFAULT_CANVAS }, variants: [{ widgets }] });
const DRIVE = [widget('gear', 520, 910, 340, 150), widget('inputs', 880, 910, 520, 150)];

/** Name, meaning and layout. */
export const PRESETS = [
  ['Empty', 'no widgets', layout()],
  ['Race', 'standings, cars around you, delta, laps, fuel, tyres and map around the picture', layout(
    ...DRIVE,
    widget('delta', 800, 20, 320, 112, { hide: { pits: true } }),
    widget('laps', 20, 20, 480, 236),
    widget('fuel', 20, 890, 320, 170),
    widget('tyres', 20, 570, 350, 300),
    widget('map', 1580, 740, 320, 320),
    widget('session', 20, 276, 300, 150),
    widget('standings', 1440, 20, 460, 350),
    widget('relative', 1540, 490, 360, 230, { hide: { pits: true } }),
    widget('battle', 780, 150, 360, 160, { hide: { pits: true, outside_races: true } }),
  )],
  ['Qualifying', 'a large delta, and the laps', layout(
    ...DRIVE,
    widget('delta', 720, 20, 480, 168, { options: { scale: 1.5 }, hide: { pits: true } }),
    widget('laps', 20, 20, 480, 236),
    widget('tyres', 1550, 760, 350, 300),
  )],
  ['Streaming', 'only gear and pedals, in a corner', layout(widget('gear', 1020, 910, 340, 150), widget('inputs', 1380, 910, 520, 150))],
];
