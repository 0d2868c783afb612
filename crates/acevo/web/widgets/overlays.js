// The widgets that are available as overlays: their sizes, channels and options.

import { el } from '../lib/dom.js';
import { board } from './board.js';
import { delta, deltaChannels } from './delta.js';
import { drive, driveChannels, rpmBar, rpmChannels } from './drive.js';
import { fuel, fuelChannels } from './fuel.js';
import { gg, ggChannels } from './gg.js';
import { INPUTS, inputs, inputsChannels } from './inputs.js';
import { map, mapChannels } from './map.js';
import { tyres, tyresChannels } from './tyres.js';

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
 * `physics` marks widgets that are empty without physics values and do not show the reason themselves.
 */
export const WIDGETS = {
  gear: { title: 'Gear, speed, engine speed', size: [340, 150], channels: [...driveChannels, ...rpmChannels], create: gearBox },
  inputs: { physics: true, title: 'Pedals', size: [520, 150], channels: inputsChannels, create: inputs, seconds: 8, inputs: INPUTS },
  delta: { title: 'Delta', size: [320, 112], channels: deltaChannels, create: delta },
  laps: { title: 'Laps', size: [480, 236], channels: ['lap', 'lap_time', 'delta'], create: board, documents: ['laps'] },
  tyres: { physics: true, title: 'Tyres', size: [350, 300], channels: tyresChannels, create: tyres },
  fuel: { title: 'Fuel', size: [320, 170], channels: fuelChannels, create: fuel },
  map: { title: 'Track map', size: [320, 320], channels: mapChannels, create: map, documents: ['outline'] },
  gg: { physics: true, title: 'Accelerations', size: [240, 240], channels: ggChannels, create: gg, seconds: 4 },
};
