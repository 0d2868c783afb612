// Everything for driving on one screen.

import { panel } from '../lib/dom.js';
import { car, carChannels } from '../widgets/car.js';
import { delta, deltaChannels } from '../widgets/delta.js';
import { drive, driveChannels, rpmBar, rpmChannels } from '../widgets/drive.js';
import { fuel, fuelChannels } from '../widgets/fuel.js';
import { gg, ggChannels } from '../widgets/gg.js';
import { inputs, inputsChannels } from '../widgets/inputs.js';
import { lap, lapChannels } from '../widgets/lap.js';
import { map, mapChannels } from '../widgets/map.js';
import { flagBand, race, raceChannels } from '../widgets/race.js';
import { tyres, tyresChannels } from '../widgets/tyres.js';

function engineSpeed(body, options) {
  body.classList.add('rpm');
  return rpmBar(body, options);
}

const PANELS = [
  ['rpm', 'Engine speed', engineSpeed],
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
    update(model) {
      for (const update of updates) update(model);
    },
  };
}
