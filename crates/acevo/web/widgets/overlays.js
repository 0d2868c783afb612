// The widgets that are available as overlays: their sizes, channels and options.

import { el } from '../lib/dom.js';
import { COLUMNS } from '../lib/field.js';
import { battle } from './battle.js';
import { board } from './board.js';
import { delta, deltaChannels } from './delta.js';
import { drive, driveChannels, rpmBar, rpmChannels } from './drive.js';
import { fuel, fuelChannels } from './fuel.js';
import { gg, ggChannels } from './gg.js';
import { INPUTS, inputs, inputsChannels } from './inputs.js';
import { map, mapChannels } from './map.js';
import { relative } from './relative.js';
import { sessionBox, sessionBoxChannels } from './session-box.js';
import { DEFAULT_COLUMNS, standings } from './standings.js';
import { tyres, tyresChannels } from './tyres.js';

/** Widgets without channels of their own need one: there are frames only with channels, and telemetry only with frames. */
const ANY = ['race_position'];

function gearBox(root, options) {
  const bar = el('div', 'rpm');
  root.append(bar);
  const parts = [rpmBar(bar, options), drive(root)];
  return (model) => {
    for (const update of parts) update(model);
  };
}

/**
 * `size` is in CSS pixels at scale 1. `seconds` is the default of that option, for widgets that have it. `documents` are those to load.
 * `physics` marks widgets that are empty without physics values and do not show the reason themselves. `fluid` marks those that are as high as
 * their content. `flags` are options that are on or off, with their defaults; `columns` are those to choose from, `shown` the default. A widget has nothing to
 * show if its update returns false.
 */
export const WIDGETS = {
  gear: { title: 'Gear, speed, engine speed', size: [340, 150], channels: [...driveChannels, ...rpmChannels], create: gearBox },
  inputs: { physics: true, title: 'Pedals', size: [520, 150], channels: inputsChannels, create: inputs, seconds: 8, inputs: INPUTS },
  delta: { title: 'Delta', size: [320, 112], channels: deltaChannels, create: delta },
  laps: { fluid: true, title: 'Laps', size: [480, 236], channels: ['lap', 'lap_time', 'delta'], create: board, documents: ['laps'] },
  tyres: { physics: true, title: 'Tyres', size: [350, 300], channels: tyresChannels, create: tyres },
  fuel: { title: 'Fuel', size: [320, 170], channels: fuelChannels, create: fuel },
  map: { title: 'Track map', size: [320, 320], channels: mapChannels, create: map, documents: ['outline', 'field'], flags: { labels: true } },
  gg: { physics: true, title: 'Accelerations', size: [240, 240], channels: ggChannels, create: gg, seconds: 4 },
  standings: { fluid: true, title: 'Standings', size: [460, 330], channels: ANY, create: standings, documents: ['field'], columns: COLUMNS, shown: DEFAULT_COLUMNS, flags: { around: true, classes: true } },
  relative: { fluid: true, title: 'Relative', size: [360, 230], channels: ANY, create: relative, documents: ['field'], flags: { classes: true } },
  session: { title: 'Session', size: [300, 150], channels: sessionBoxChannels, create: sessionBox, documents: ['field'] },
  battle: { fluid: true, title: 'Battle', size: [360, 150], channels: ANY, create: battle, documents: ['field'] },
};
