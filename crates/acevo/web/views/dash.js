// Everything for driving on one screen.

import { car, carChannels } from './car.js';
import { delta, deltaChannels } from './delta.js';
import { panel } from './dom.js';
import { drive, driveChannels, rpmBar, rpmChannels } from './drive.js';
import { flagBand, race, raceChannels } from './race.js';
import { fuel, fuelChannels } from './fuel.js';
import { gg, ggChannels } from './gg.js';
import { inputs, inputsChannels } from './inputs.js';
import { lap, lapChannels } from './lap.js';
import { map, mapChannels } from './map.js';
import { tyres, tyresChannels } from './tyres.js';

const PANELS = [
  ['rpm', 'Engine speed', (body, options) => (body.classList.add('rpm'), rpmBar(body, options))],
  ['lap', 'Lap', lap],
  ['drive', 'Driving', drive],
  ['delta', 'Delta', delta],
  ['race', 'Race', race],
  ['fuel', 'Fuel', fuel],
  ['tyres', 'Tyres', tyres],
  ['inputs', 'Pedals', inputs],
  ['gg', 'Accelerations', gg],
  ['map', 'Map', map],
  ['car', 'Car', car],
];

export function dash(root, { resized }) {
  const updates = PANELS.map(([name, title, create]) => {
    const { node, body } = panel(name, title);
    root.append(node);
    return create(body, { resized });
  });
  updates.push(flagBand(root));
  return {
    channels: [...driveChannels, ...rpmChannels, ...lapChannels, ...deltaChannels, ...raceChannels, ...fuelChannels, ...inputsChannels,
      ...ggChannels, ...mapChannels, ...carChannels, ...tyresChannels],
    update: (model) => updates.forEach((update) => update(model)),
  };
}
